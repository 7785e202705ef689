#include "search/study/checkpoints.hpp"

#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kCheckpointVersion = 1;
constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 30;

}  // namespace

std::string Checkpoints::path(const TaskKey& key) const {
  return folder_ + "/" + hex(Hasher().add(to_string(key)).digest());
}

std::optional<Bytes> Checkpoints::read(const TaskKey& key) const {
  const std::string file = path(key);
  if (std::error_code error; !std::filesystem::exists(file, error)) return std::nullopt;
  try {
    const Bytes all = read_file(file, kMaxBytes);
    ByteReader reader(all);
    const auto version = reader.read<std::uint32_t>();
    const auto identity = reader.read<std::uint64_t>();
    const std::string task = reader.text();
    const auto crc = reader.read<std::uint32_t>();
    Bytes state = reader.vector<std::byte>();
    if (version != kCheckpointVersion || identity != identity_ || task != to_string(key) || !reader.empty() ||
        crc32c(state) != crc)
      return std::nullopt;
    return state;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void Checkpoints::write(const TaskKey& key, const Bytes& state) const {
  ByteWriter writer;
  writer.add(kCheckpointVersion).add(identity_).add(std::string_view(to_string(key))).add(crc32c(state)).add(state);
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  try {
    if (!is_real_folder(folder_)) return;  // a link that somebody put there leads out of the run
    replace_file(path(key), writer.take());
  } catch (const IoError&) {
    remove(key);  // a full disk costs the checkpoint, not the training
  }
}

void Checkpoints::remove(const TaskKey& key) const {
  std::error_code ignored;
  std::filesystem::remove(path(key), ignored);
}

}  // namespace jury
