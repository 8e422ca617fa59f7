#include "sanerf/core/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <streambuf>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/file_error.h"
#include "sanerf/core/temporary.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

// A buffered stream onto a file descriptor that remembers why a write failed (std::ofstream does not say).
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor), buffer_(1 << 16) { ResetBuffer(); }

  int error() const { return error_; }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }

  std::streamsize xsputn(const char* data, std::streamsize size) override {
    if (size < epptr() - pptr()) {
      std::memcpy(pptr(), data, size_t(size));
      pbump(int(size));
      return size;
    }
    return sync() == 0 && Write(data, size_t(size)) ? size : 0;
  }

  int sync() override {
    const bool ok = Write(pbase(), size_t(pptr() - pbase()));
    ResetBuffer();
    return ok ? 0 : -1;
  }

  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    if (sync() != 0) return pos_type(off_type(-1));
    const int whence = from == std::ios_base::beg ? SEEK_SET : from == std::ios_base::cur ? SEEK_CUR : SEEK_END;
    return pos_type(off_type(lseek(descriptor_, offset, whence)));
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode mode) override {
    return seekoff(off_type(position), std::ios_base::beg, mode);
  }

 private:
  void ResetBuffer() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

  bool Write(const char* data, size_t size) {
    while (size > 0 && error_ == 0) {
      const ssize_t written = ::write(descriptor_, data, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        error_ = errno;
        break;
      }
      data += written;
      size -= size_t(written);
    }
    return error_ == 0;
  }

  int descriptor_;
  int error_ = 0;
  std::vector<char> buffer_;
};

}  // namespace

std::string ReadFile(const fs::path& path, FileKind kind) { return InputFile(path, kind).ReadAll(); }

void WriteFileAtomic(const fs::path& path, std::string_view bytes) {
  WriteFileAtomic(path, [&](std::ostream& out) { out.write(bytes.data(), std::streamsize(bytes.size())); });
}

void WriteFileAtomic(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  if (fs::is_directory(path)) throw WriteError("cannot write " + path.string(), "it is a folder");
  TemporaryFile file(path);
  DescriptorBuffer buffer(file.descriptor());
  std::ostream out(&buffer);
  write(out);
  out.flush();
  if (buffer.error() != 0) ThrowFileError("write", path, buffer.error());
  if (!out) throw WriteError("cannot write " + path.string(), "the stream failed");
  file.MoveIntoPlace();
}

void EnsureWritableFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error && !fs::is_directory(folder)) ThrowFileError("create folder", folder, error.value());
  if (!fs::is_directory(folder))
    throw WriteError("cannot create folder " + folder.string(), "a file has that name", "choose another folder");
  // A probe with contents: an empty file can be made on a full disk.
  const TemporaryFile probe(folder / "probe", "write to folder", folder);
  const std::string block(4096, ' ');
  errno = 0;
  if (::write(probe.descriptor(), block.data(), block.size()) != ssize_t(block.size()))
    ThrowFileError("write to folder", folder, errno != 0 ? errno : ENOSPC);  // a write of a part sets none
}

void RemoveFile(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) ThrowFileError("remove", path, error.value());
}

void LinkOrCopy(const fs::path& from, const fs::path& to) {
  std::error_code no_link;
  fs::create_hard_link(from, to, no_link);
  if (no_link) WriteFileAtomic(to, ReadFile(from));
}

}  // namespace sanerf
