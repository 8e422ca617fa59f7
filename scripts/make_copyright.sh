#!/usr/bin/env bash
# The licenses of sanerf and of all that is inside of its package, as Debian has them in /usr/share/doc/sanerf/copyright:
# on stdout. What is linked from other packages has its license there.
set -euo pipefail
cd "$(dirname "$0")/.."

section() { printf '\n%s\n%s\n\n' "$1" "$(printf '=%.0s' $(seq 1 ${#1}))"; }
shown() { # FILE: with nothing that is only for a screen
  sed 's/[[:blank:]]*$//' "$1"
}

cat <<'END'
sanerf is licensed under the Apache License 2.0; on Debian its text is in /usr/share/common-licenses/Apache-2.0. This
package also holds parts of others, named below with their licenses.
END

section "ONNX Runtime (libonnxruntime.so), MIT"
cat <<'END'
Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

Its own parts of others: https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt
END

section "Segmentation models (share/sanerf/models)"
awk -F '"' '
  function value(key,  i) { for (i = 2; i < NF; ++i) if ($i == key) return $(i + 2) }
  /"name":.*"kind":/ { name = value("name"); kind = value("kind") }
  /"license":/ && kind == "sam" { license = value("license") }
  /"source":/ && kind == "sam" { printf "%s: %s\n  from %s\n", name, license, value("source") }
' models/catalogue.json

# Libraries that are headers alone become part of the program.
for package in libeigen3-dev nlohmann-json3-dev libcli11-dev libcpp-httplib-dev; do
  [ -f /usr/share/doc/$package/copyright ] || continue
  section "$package, compiled into the program"
  shown /usr/share/doc/$package/copyright
done

# What the page of sanerf view is made of.
for package in preact three; do
  [ -f web/node_modules/$package/LICENSE ] || continue
  section "npm package $package, part of the page of sanerf view"
  shown web/node_modules/$package/LICENSE
done
