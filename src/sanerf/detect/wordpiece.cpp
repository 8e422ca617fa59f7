#include "sanerf/detect/wordpiece.h"

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/detect/plain_letters.h"

namespace sanerf::detect {
namespace {

constexpr size_t kMaxLetters = 100;  // of a word, as in BERT's own tokenizer

// Where the letter that begins at byte `at` ends.
size_t EndOfLetter(std::string_view text, size_t at) {
  for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;) ++at;
  return at;
}

size_t CountLetters(std::string_view text) {
  return size_t(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char32_t code : DecodeUtf8(text)) {
    if (IsControl(code)) continue;
    const char32_t plain = PlainLetter(code);
    if (plain == 0) continue;
    if (IsSpace(code)) {
      finish();
    } else if (IsPunctuation(plain) || IsIdeograph(plain)) {
      finish();
      AppendUtf8(plain, &word);
      finish();
    } else {
      AppendUtf8(plain, &word);
    }
  }
  finish();
  return words;
}

WordPieces::WordPieces(const std::filesystem::path& file) {
  const std::string text = ReadFile(file, FileKind::kText);
  int64_t line_idx = 0;
  for (size_t start = 0; start < text.size(); ++line_idx) {
    const size_t end = std::min(text.find('\n', start), text.size());
    std::string token = text.substr(start, end - start);
    if (!token.empty() && token.back() == '\r') token.pop_back();
    ids_.emplace(std::move(token), line_idx);
    start = end + 1;
  }
  const auto id_of = [&](const std::string& token) {
    const auto found = ids_.find(token);
    if (found == ids_.end())
      throw Error("the vocabulary " + file.string() + " does not fit", "it has no line \"" + token + "\"",
                  "needed is the vocab.txt of bert-base-uncased, as it lies beside the detector's weights");
    return found->second;
  };
  cls_ = id_of("[CLS]");
  sep_ = id_of("[SEP]");
  pad_ = id_of("[PAD]");
  unknown_ = id_of("[UNK]");
  full_stop_ = id_of(".");
  question_mark_ = id_of("?");
}

std::vector<int64_t> WordPieces::Encode(std::string_view text) const {
  std::vector<int64_t> ids;
  for (const std::string& word : SplitWords(text)) AppendPieces(word, &ids);
  return ids;
}

void WordPieces::AppendPieces(const std::string& word, std::vector<int64_t>* ids) const {
  std::vector<int64_t> pieces;
  const bool is_too_long = CountLetters(word) > kMaxLetters;
  for (size_t start = 0; !is_too_long && start < word.size();) {
    // The longest piece that begins here.
    size_t best_end = start;
    int64_t best_id = 0;
    for (size_t end = EndOfLetter(word, start); end <= word.size(); end = EndOfLetter(word, end)) {
      const auto found = ids_.find((start > 0 ? "##" : "") + word.substr(start, end - start));
      if (found != ids_.end()) best_end = end, best_id = found->second;
      if (end == word.size()) break;
    }
    if (best_end == start) {
      pieces.clear();
      break;
    }
    pieces.push_back(best_id);
    start = best_end;
  }
  if (pieces.empty()) pieces = {unknown_};
  ids->insert(ids->end(), pieces.begin(), pieces.end());
}

}  // namespace sanerf::detect
