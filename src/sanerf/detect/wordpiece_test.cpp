#include "sanerf/detect/wordpiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/odd_files_test_support.h"
#include "sanerf/detect/caption.h"
#include "sanerf/detect/detector_test_support.h"

namespace sanerf::detect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WordPiecesTest : public testing::Test {
 protected:
  WordPiecesTest() { WriteFileAtomic(folder_ / "vocab.txt", onnx_test::kVocabulary); }
  WordPieces Vocabulary() const { return WordPieces(folder_ / "vocab.txt"); }
  TestFolder folder_;
};

TEST(SplitWords, TakesLettersPlainAndPunctuationAlone) {
  EXPECT_THAT(SplitWords("  A Red\tMUG\n"), ElementsAre("a", "red", "mug"));
  EXPECT_THAT(SplitWords("hot-dog, it's!"), ElementsAre("hot", "-", "dog", ",", "it", "'", "s", "!"));
  EXPECT_THAT(SplitWords("Café ÉCLAIR Ångström ŻÓŁĆ"), ElementsAre("cafe", "eclair", "angstrom", "zołc"));
  EXPECT_THAT(SplitWords("cafe\xCC\x81"), ElementsAre("cafe"));  // e followed by a combining acute accent
  EXPECT_THAT(SplitWords("Ñandú Ÿ İz ň"), ElementsAre("nandu", "y", "iz", "n"));
  EXPECT_THAT(SplitWords("ΚΑΦΈΣ Чай Й"), ElementsAre("καφεσ", "чаи", "и"));
  EXPECT_THAT(SplitWords("a红色cup"), ElementsAre("a", "红", "色", "cup"));
  EXPECT_THAT(SplitWords("red\xC2\xA0mug \xE2\x80\x9Cx\xE2\x80\x9D"), ElementsAre("red", "mug", "“", "x", "”"));
  EXPECT_THAT(SplitWords(std::string("m\x01u\x00g\x7F", 6) + "\xE2\x80\x8B"),
              ElementsAre("mug"));                                  // control characters
  EXPECT_THAT(SplitWords("m\xFFug \xE2\x82"), ElementsAre("mug"));  // not UTF-8
  EXPECT_THAT(SplitWords("😀 mug"), ElementsAre("😀", "mug"));
  EXPECT_THAT(SplitWords(" \t"), ElementsAre());
}

// Ids are the line numbers of kVocabulary.
TEST_F(WordPiecesTest, TakesTheLongestPieceFromTheLeft) {
  const WordPieces vocabulary = Vocabulary();
  EXPECT_EQ(vocabulary.pad(), 0);
  EXPECT_EQ(vocabulary.unknown(), 1);
  EXPECT_EQ(vocabulary.cls(), 2);
  EXPECT_EQ(vocabulary.sep(), 3);
  EXPECT_THAT(vocabulary.Encode("banana"), ElementsAre(6));        // not "ban" "##ana"
  EXPECT_THAT(vocabulary.Encode("Bananas"), ElementsAre(6, 9));    // banana ##s
  EXPECT_THAT(vocabulary.Encode("bananana"), ElementsAre(6, 12));  // banana ##na
  EXPECT_THAT(vocabulary.Encode("banmug"), ElementsAre(7, 11));    // ban ##mug: a piece inside is another than "mug"
  EXPECT_THAT(vocabulary.Encode("coffee mug"), ElementsAre(13, 10));
  EXPECT_THAT(vocabulary.Encode("mug?"), ElementsAre(10, 5));
  EXPECT_THAT(vocabulary.Encode("mugx"), ElementsAre(1));  // the whole word is unknown, no half of it stays
  EXPECT_THAT(vocabulary.Encode("红cup"), ElementsAre(14, 15));
}

TEST_F(WordPiecesTest, AWordOfMoreThanAHundredLettersIsUnknown) {
  const WordPieces vocabulary = Vocabulary();
  const auto bananas = [](int count) {
    std::string word = "ba";
    for (int i = 0; i < count; ++i) word += "na";
    return word;
  };
  EXPECT_EQ(bananas(49).size(), 100u);
  EXPECT_EQ(vocabulary.Encode(bananas(49)).size(), 48u);  // banana, 47 times ##na
  EXPECT_THAT(vocabulary.Encode(bananas(50)), ElementsAre(1));
}

TEST_F(WordPiecesTest, ReadsCarriageReturnsAndRefusesOtherFiles) {
  WriteFileAtomic(folder_ / "dos.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n.\r\n?\r\nmug");
  EXPECT_THAT(WordPieces(folder_ / "dos.txt").Encode("mug."), ElementsAre(6, 4));
  WriteFileAtomic(folder_ / "names.txt", "person\ncar\n");
  EXPECT_THAT(
      ErrorTextOf<Error>([&] { WordPieces(folder_ / "names.txt"); }),
      testing::AllOf(HasSubstr("names.txt does not fit: it has no line \"[CLS]\""), HasSubstr("bert-base-uncased")));
  EXPECT_THAT(ErrorTextOf<Error>([&] { WordPieces(folder_ / "none.txt"); }), HasSubstr("none.txt"));
}

TEST_F(WordPiecesTest, PhrasesOfACaptionDoNotReadEachOther) {
  const Caption caption = MakeCaption(Vocabulary(), {"coffee mug", "banana"});
  // [CLS] coffee mug . banana . [SEP]
  EXPECT_THAT(caption.ids, ElementsAre(2, 13, 10, 4, 6, 4, 3));
  EXPECT_THAT(caption.position_ids, ElementsAre(0, 0, 1, 2, 0, 1, 0));
  EXPECT_THAT(caption.spans, ElementsAre(std::pair(1, 3), std::pair(4, 5)));
  EXPECT_THAT(caption.attention, ElementsAre(1, 0, 0, 0, 0, 0, 0,  //
                                             0, 1, 1, 1, 0, 0, 0,  //
                                             0, 1, 1, 1, 0, 0, 0,  //
                                             0, 1, 1, 1, 0, 0, 0,  //
                                             0, 0, 0, 0, 1, 1, 0,  //
                                             0, 0, 0, 0, 1, 1, 0,  //
                                             0, 0, 0, 0, 0, 0, 1));
}

TEST_F(WordPiecesTest, AQuestionMarkEndsABlockButNotAPhrase) {
  const Caption caption = MakeCaption(Vocabulary(), {"mug? cup"});
  EXPECT_THAT(caption.ids, ElementsAre(2, 10, 5, 15, 4, 3));
  EXPECT_THAT(caption.position_ids, ElementsAre(0, 0, 1, 0, 1, 0));
  EXPECT_THAT(caption.spans, ElementsAre(std::pair(1, 4)));
}

TEST_F(WordPiecesTest, PaddingReadsNothing) {
  Caption caption = MakeCaption(Vocabulary(), {"mug"});
  PadCaption(Vocabulary(), 6, &caption);
  EXPECT_THAT(caption.ids, ElementsAre(2, 10, 4, 3, 0, 0));
  EXPECT_THAT(caption.position_ids, ElementsAre(0, 0, 1, 0, 0, 0));
  EXPECT_THAT(caption.attention, ElementsAre(1, 0, 0, 0, 0, 0,  //
                                             0, 1, 1, 0, 0, 0,  //
                                             0, 1, 1, 0, 0, 0,  //
                                             0, 0, 0, 1, 0, 0,  //
                                             0, 0, 0, 0, 1, 0,  //
                                             0, 0, 0, 0, 0, 1));
}

TEST_F(WordPiecesTest, SaysHowLongIsTooLongAndWhatIsUnknown) {
  std::string words;
  for (int i = 0; i < 253; ++i) words += " mug";
  EXPECT_EQ(MakeCaption(Vocabulary(), {words}).size(), 256);
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { MakeCaption(Vocabulary(), {words + " mug"}); }),
              HasSubstr("the text has 257 tokens: the detector reads at most 256"));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] {
                MakeCaption(Vocabulary(), {"mug", "zzz qqq"});
              }),
              HasSubstr("the detector knows no word of 'zzz qqq'"));
}

TEST(WordPieces, AVocabularyThatIsNoFileIsRefused) {
  ExpectOddFilesAreRefused("vocab.txt", [](const std::filesystem::path& path) { WordPieces words(path); });
}

}  // namespace
}  // namespace sanerf::detect
