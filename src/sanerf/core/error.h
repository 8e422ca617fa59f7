// Errors a user can act on. The command line prints "error: what: why" and "hint: hint".
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace sanerf {

// Something that failed for a reason outside the program: input, files, models, hardware. Exit code 1.
class Error : public std::exception {
 public:
  // what: what happened and where (path, line, key); why: the cause; hint: what to do. Sentences without a final stop.
  explicit Error(std::string what, std::string why = "", std::string hint = "");

  const char* what() const noexcept override { return text_.c_str(); }                           // "what: why"
  std::string_view summary() const { return std::string_view(text_).substr(0, summary_size_); }  // "what" alone
  std::string_view why() const;                                                                  // "why" alone, or ""
  const std::string& hint() const { return hint_; }

 private:
  std::string text_;
  size_t summary_size_;
  std::string hint_;
};

// Wrong usage of the command line or of an option. Exit code 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

// A file or folder that cannot be written: no space, no permission. It ends a command also where other errors are a
// warning and the rest goes on: of the rest nothing could be kept either.
class WriteError : public Error {
 public:
  using Error::Error;
};

// Ctrl-C. State has been saved before this is thrown. Exit code 130.
class InterruptedError : public Error {
 public:
  using Error::Error;
};

}  // namespace sanerf
