#include "sanerf/core/text_template.h"

#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/json.h"

namespace sanerf {
namespace {

std::string WithEntities(const std::string& text) {
  std::string html;
  for (const char c : text) {
    if (c == '&') {
      html += "&amp;";
    } else if (c == '<') {
      html += "&lt;";
    } else if (c == '>') {
      html += "&gt;";
    } else if (c == '"') {
      html += "&quot;";
    } else {
      html += c;
    }
  }
  return html;
}

// What stands in braces, from `begin` to `end` in the text; with the rest of its line where it stands alone.
struct BracedTag {
  size_t begin = 0, end = 0;
  char kind = ' ';  // # ^ / ! { or a space for a value
  std::string name;
};

class TemplateFiller {
 public:
  TemplateFiller(std::string_view text, const Json& values) : text_(text), around_{&values} {}

  std::string Fill() {
    Run(0, "", true);
    return std::move(filled_);
  }

 private:
  // Up to the end of the section that `closes` names; where that is.
  size_t Run(size_t at, const std::string& closes, bool writes) {
    for (BracedTag tag; Next(at, &tag); at = tag.end) {
      Write(text_.substr(at, tag.begin - at), writes);
      if (tag.kind == '/') {
        SANERF_CHECK_EQ(tag.name, closes);
        return tag.end;
      }
      if (tag.kind == '#' || tag.kind == '^') tag.end = Section(tag, writes);
      if (tag.kind == '{' && writes) filled_ += TextOf(Find(tag.name));
      if (tag.kind == ' ' && writes) filled_ += WithEntities(TextOf(Find(tag.name)));
    }
    SANERF_CHECK_EQ(closes, "");
    Write(text_.substr(at), writes);
    return text_.size();
  }

  size_t Section(const BracedTag& tag, bool writes) {
    const Json* value = writes ? Find(tag.name) : nullptr;
    const bool is_there = value != nullptr && IsThere(*value);
    if (tag.kind == '^' || !is_there) return Run(tag.end, tag.name, writes && tag.kind == '^' && !is_there);
    if (!value->is_array()) return Within(*value, tag);
    size_t end = tag.end;
    for (const Json& element : *value) end = Within(element, tag);
    return end;
  }

  size_t Within(const Json& value, const BracedTag& tag) {
    around_.push_back(&value);
    const size_t end = Run(tag.end, tag.name, true);
    around_.pop_back();
    return end;
  }

  bool Next(size_t from, BracedTag* tag) const {
    tag->begin = text_.find("{{", from);
    if (tag->begin == std::string_view::npos) return false;
    const bool is_raw = text_.substr(tag->begin, 3) == "{{{";
    const std::string_view closing = is_raw ? "}}}" : "}}";
    const size_t inside = tag->begin + closing.size(), end = text_.find(closing, inside);
    SANERF_CHECK(end != std::string_view::npos);
    std::string_view name = text_.substr(inside, end - inside);
    tag->end = end + closing.size();
    tag->kind = is_raw ? '{' : ' ';
    if (!is_raw && !name.empty() && std::string_view("#^/!").find(name[0]) != std::string_view::npos) {
      tag->kind = name[0];
      name.remove_prefix(1);
      TakeTheLine(from, tag);
    }
    tag->name = name;
    return true;
  }

  void TakeTheLine(size_t from, BracedTag* tag) const {
    const size_t before = tag->begin == 0 ? std::string_view::npos : text_.rfind('\n', tag->begin - 1);
    const size_t line = before == std::string_view::npos ? 0 : before + 1, newline = text_.find('\n', tag->end);
    const size_t end = newline == std::string_view::npos ? text_.size() : newline;
    const auto is_blank = [&](size_t a, size_t b) {
      return text_.substr(a, b - a).find_first_not_of(" \t") == std::string_view::npos;
    };
    if (line < from || !is_blank(line, tag->begin) || !is_blank(tag->end, end)) return;
    tag->begin = line;
    tag->end = newline == std::string_view::npos ? end : end + 1;
  }

  const Json* Find(const std::string& name) const {
    if (name == ".") return around_.back();
    for (auto value = around_.rbegin(); value != around_.rend(); ++value)
      if ((*value)->is_object() && (*value)->contains(name)) return &(*value)->at(name);
    return nullptr;
  }
  static bool IsThere(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_string()) return !value.get_ref<const std::string&>().empty();
    return !value.is_null() && !(value.is_array() && value.empty());
  }
  static std::string TextOf(const Json* value) {
    SANERF_CHECK(value != nullptr && (value->is_string() || value->is_number()));
    return value->is_string() ? value->get<std::string>() : value->dump();
  }
  void Write(std::string_view text, bool writes) {
    if (writes) filled_ += text;
  }

  const std::string_view text_;
  std::vector<const Json*> around_;
  std::string filled_;
};

}  // namespace

std::string Filled(std::string_view text, const Json& values) { return TemplateFiller(text, values).Fill(); }

}  // namespace sanerf
