// Messages held against docs/viewer.schema.json: the words of JSON Schema that it uses, and no others.
#pragma once

#include <algorithm>
#include <mutex>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

#include "sanerf/core/json.h"

namespace sanerf::viewer {

class Schema {
 public:
  Schema() : root_(ReadJsonFile(SANERF_SOURCE_DIR "/docs/viewer.schema.json")) {}

  // What is wrong with a message of that definition ("/objects/0: there is no status"), "" when nothing is.
  std::string FaultIn(const std::string& definition, const Json& message) const {
    const Json& definitions = root_.at("$defs");
    if (!definitions.contains(definition)) return "docs/viewer.schema.json does not know " + definition;
    return Fault(definitions.at(definition), message, definition);
  }

 private:
  static bool IsOfType(const std::string& type, const Json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    throw std::runtime_error("this reader of schemas knows no type " + type);
  }

  std::string FaultOfType(const Json& type, const Json& value, const std::string& at) const {
    const Json types = type.is_array() ? type : Json::array({type});
    for (const Json& one : types)
      if (IsOfType(one, value)) return "";
    return at + ": " + value.dump() + " is no " + type.dump();
  }

  std::string FaultOfMembers(const Json& schema, const Json& value, const std::string& at) const {
    const Json none = Json::object(), known = schema.value("properties", none);
    const Json others = schema.value("additionalProperties", none);
    for (const auto& [name, member] : value.items()) {
      if (!known.contains(name) && others == false) return at + ": there is a " + name + ", which is not in the schema";
      const std::string fault = Fault(known.contains(name) ? known.at(name) : others, member, at + "/" + name);
      if (!fault.empty()) return fault;
    }
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name)) return at + ": there is no " + name.get<std::string>();
    return "";
  }

  std::string FaultOfItems(const Json& schema, const Json& value, const std::string& at) const {
    for (size_t i = 0; i < value.size(); ++i)
      if (std::string fault = Fault(schema, value[i], at + "/" + std::to_string(i)); !fault.empty()) return fault;
    return "";
  }

  std::string FaultOfChoices(const Json& choices, bool one_alone, const Json& value, const std::string& at) const {
    int fitting = 0;
    std::string faults;
    for (const Json& choice : choices) {
      const std::string fault = Fault(choice, value, at);
      fitting += fault.empty();
      faults += "\n  " + fault;
    }
    const bool fits = one_alone ? fitting == 1 : fitting > 0;
    return fits ? "" : at + ": " + std::to_string(fitting) + " of the choices fit:" + faults;
  }

  std::string Fault(const Json& schema, const Json& value, const std::string& at) const {
    for (const auto& one : schema.items()) {
      const std::string& word = one.key();
      const Json& rule = one.value();
      std::string fault;
      const auto check = [&](bool holds) {
        if (!holds) fault = at + ": " + value.dump() + " against " + word + " " + rule.dump();
      };
      if (word == "$ref") {
        fault = Fault(root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, at);
      } else if (word == "type") {
        fault = FaultOfType(rule, value, at);
      } else if (word == "const") {
        check(value == rule);
      } else if (word == "enum") {
        check(std::find(rule.begin(), rule.end(), value) != rule.end());
      } else if (word == "anyOf" || word == "oneOf") {
        fault = FaultOfChoices(rule, word == "oneOf", value, at);
      } else if (word == "items" && value.is_array()) {
        fault = FaultOfItems(rule, value, at);
      } else if (word == "minItems" && value.is_array()) {
        check(value.size() >= rule.get<size_t>());
      } else if (word == "maxItems" && value.is_array()) {
        check(value.size() <= rule.get<size_t>());
      } else if (word == "minimum" && value.is_number()) {
        check(value.get<double>() >= rule.get<double>());
      } else if (word == "maximum" && value.is_number()) {
        check(value.get<double>() <= rule.get<double>());
      } else if (word == "exclusiveMinimum" && value.is_number()) {
        check(value.get<double>() > rule.get<double>());
      } else if (word == "minLength" && value.is_string()) {
        check(value.get<std::string>().size() >= rule.get<size_t>());
      } else if (word == "pattern" && value.is_string()) {
        check(FitsPattern(value.get<std::string>(), rule));
      } else if (word == "properties" || (word == "additionalProperties" && !schema.contains("properties"))) {
        if (value.is_object()) fault = FaultOfMembers(schema, value, at);
      } else if (kKnownWords.find(" " + word + " ") == std::string::npos) {
        throw std::runtime_error("this reader of schemas does not know the word " + word);
      }
      if (!fault.empty()) return fault;
    }
    return "";
  }

  // The library's matcher recurses for each letter; a picture has too many of them.
  static bool FitsPattern(const std::string& text, const std::string& pattern) {
    constexpr size_t kLongest = 1000;
    return std::regex_search(text.size() <= kLongest ? text : text.substr(text.size() - kLongest), std::regex(pattern));
  }

  static inline const std::string kKnownWords =
      " items minItems maxItems minimum maximum exclusiveMinimum minLength pattern properties required "
      "additionalProperties ";

  const Json root_;
};

// Looks at messages, from any thread, and remembers what was wrong with them.
class SchemaWitness {
 public:
  const Json& See(const std::string& definition, const Json& message) {
    const std::string fault = schema_.FaultIn(definition, message);
    const std::lock_guard lock(mutex_);
    seen_.insert(definition);
    if (!fault.empty()) faults_.insert(fault);
    return message;
  }
  std::set<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::set<std::string> faults() const {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

 private:
  const Schema schema_;
  mutable std::mutex mutex_;
  std::set<std::string> seen_, faults_;
};

}  // namespace sanerf::viewer
