#include "runtime/mpi/node_shared.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "runtime/base/text.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/comm.hpp"

namespace jury {
namespace {

constexpr std::size_t kAlignment = 64;
// Beside the block: MPI's own state of the window, and room for the transport's segments.
constexpr std::size_t kSlackBytes = std::size_t{16} << 20;

struct FdTraits {
  using type = int;
  static type null() noexcept { return -1; }
  static void close(type& fd) noexcept { ::close(fd); }
};

/// A file that exists while the ranks of a node open it.
class TemporaryFile {
 public:
  ~TemporaryFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  /// Throws IoError unless `size` bytes of disk are really there.
  void create(const std::string& dir, std::size_t size) {
    std::string path = dir + "/jury-data-XXXXXX";
    fd_.reset(mkostemp(path.data(), O_CLOEXEC));
    if (!fd_) throw_errno("cannot create a file for the data in", dir);
    path_ = path;
    const int code = posix_fallocate(fd_.get(), 0, static_cast<off_t>(size));
    if (code != 0)
      throw IoError("no room for " + format_bytes(static_cast<double>(size)) + " of data in '" + dir + "' (" +
                    std::strerror(code) + ") set TMPDIR to a larger file system");
  }
  void open(const std::string& path) {
    fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd_) throw_errno("cannot open the shared data", path);
  }
  void* map(std::size_t size, int protection) const {
    void* address = mmap(nullptr, size, protection, MAP_SHARED, fd_.get(), 0);
    if (address == MAP_FAILED) throw_errno("cannot map the shared data", path_);
    return address;
  }
  const std::string& path() const noexcept { return path_; }

 private:
  Handle<FdTraits> fd_;
  std::string path_;  // of the creator alone
};

bool has_room(const std::string& dir, std::size_t size) {
  struct statvfs info {};
  if (statvfs(dir.c_str(), &info) != 0) return false;
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize >= size + kSlackBytes;
}

std::string scratch_dir(const NodeSharedOptions& options) {
  if (!options.file_dir.empty()) return options.file_dir;
  const char* named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/tmp";
}

/// The node's window, `size` bytes of it at a multiple of 64, on every rank of the node.
std::span<std::byte> allocate_window(const Comm& node, std::size_t size) {
  const std::size_t mine = node.rank() == 0 ? size + kAlignment : 0;
  MPI_Win window = MPI_WIN_NULL;
  void* base = nullptr;
  check(MPI_Win_allocate_shared(static_cast<MPI_Aint>(mine), 1, MPI_INFO_NULL, node.get(), static_cast<void*>(&base),
                                &window),
        "MPI_Win_allocate_shared");
  MPI_Aint found = 0;
  int unit = 0;
  check(MPI_Win_shared_query(window, 0, &found, &unit, static_cast<void*>(&base)), "MPI_Win_shared_query");
  const auto misaligned = reinterpret_cast<std::uintptr_t>(base) % kAlignment;
  // Pages are aligned alike everywhere, but only the first rank's word on it is sure to be the same.
  const auto offset = node.broadcast(std::uint64_t{(kAlignment - misaligned) % kAlignment}, 0);
  return {static_cast<std::byte*>(base) + offset, size};
}

}  // namespace

std::unique_ptr<NodeShared> NodeShared::load(const Comm& comm, const std::function<Bytes()>& on_first_rank,
                                             const NodeSharedOptions& options) {
  std::unique_ptr<NodeShared> shared(new NodeShared);
  Bytes source;
  agree(comm, [&] {
    if (comm.rank() == 0) source = on_first_rank();
  });
  const auto size = static_cast<std::size_t>(comm.broadcast(std::uint64_t{source.size()}, 0));
  if (comm.size() == 1 || size == 0) {
    shared->own_ = std::move(source);
    shared->bytes_ = shared->own_;
    return shared;
  }

  const Comm node = comm.split_by_node();
  const bool first = node.rank() == 0;
  const Comm firsts = comm.split(first ? 0 : 1);
  const bool room = node.broadcast(std::uint64_t{has_room(options.shared_dir, size) ? 1U : 0U}, 0) != 0;

  TemporaryFile file;  // outlives the last agree(): by then every rank has mapped it
  std::span<std::byte> block;
  if (room) {
    block = allocate_window(node, size);
    shared->backing_ = Backing::window;
  }
  const auto map_file = [&](int protection) {
    shared->mapping_ = file.map(size, protection);
    shared->mapping_bytes_ = size;
    shared->backing_ = Backing::file;
    block = {static_cast<std::byte*>(shared->mapping_), size};
  };
  agree(comm, [&] {
    if (room || !first) return;
    file.create(scratch_dir(options), size);
    map_file(PROT_READ | PROT_WRITE);
  });
  const std::string path = node.broadcast(file.path(), 0);
  agree(comm, [&] {
    if (room || first) return;
    file.open(path);
    map_file(PROT_READ);
  });

  if (first) {
    if (comm.rank() == 0) std::copy(source.begin(), source.end(), block.begin());
    firsts.broadcast(block, 0);
    if (!room) mprotect(shared->mapping_, size, PROT_READ);
  }
  comm.barrier();  // no rank reads before its node's block is written
  shared->bytes_ = block;
  return shared;
}

NodeShared::~NodeShared() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_bytes_);
}

}  // namespace jury
