// BERT's word pieces (the uncased vocabularies): text to token ids.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sanerf::detect {

// Lower case, accents off, split at spaces, around punctuation and around ideographs.
std::vector<std::string> SplitWords(std::string_view text);

class WordPieces {
 public:
  // file: vocab.txt, one token per line, its number the id. Throws Error when it is missing or is no such vocabulary.
  explicit WordPieces(const std::filesystem::path& file);

  // The longest pieces from the left ("##" marks those that continue a word); a word that cannot be put together, or of
  // more than 100 letters, is one [UNK].
  std::vector<int64_t> Encode(std::string_view text) const;

  int64_t cls() const { return cls_; }
  int64_t sep() const { return sep_; }
  int64_t pad() const { return pad_; }
  int64_t unknown() const { return unknown_; }
  int64_t full_stop() const { return full_stop_; }
  int64_t question_mark() const { return question_mark_; }

 private:
  void AppendPieces(const std::string& word, std::vector<int64_t>* ids) const;

  std::unordered_map<std::string, int64_t> ids_;
  int64_t cls_ = 0, sep_ = 0, pad_ = 0, unknown_ = 0, full_stop_ = 0, question_mark_ = 0;
};

}  // namespace sanerf::detect
