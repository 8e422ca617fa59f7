// Text with places for values, as a file that can be read and edited by itself: the reports' page is one.
#pragma once

#include <string>
#include <string_view>

#include "sanerf/core/json_fwd.h"

namespace sanerf {

// The part of Mustache (mustache.github.io) that pages need. Names are looked up in the value of the section around
// them, then in those around that; `.` is that value itself.
//
//   {{name}}                 the value, with & < > " escaped
//   {{{name}}}               as it is
//   {{#name}} … {{/name}}    for each element of an array; once for true, an object, a text that is not empty
//   {{^name}} … {{/name}}    where the other one shows nothing
//   {{! … }}                 a comment
//
// A section's or a comment's braces alone on a line take the line with them. Throws std::logic_error for a template
// that is none: sections that do not close, a value that is no text and no number.
std::string Filled(std::string_view text, const Json& values);

}  // namespace sanerf
