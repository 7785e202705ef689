#include "search/study/donor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "runtime/base/error.hpp"
#include "runtime/base/task_key.hpp"
#include "runtime/store/hdf5_child.hpp"

namespace jury {
namespace {

constexpr std::string_view kModels = "/models/";

std::string results_of(const std::string& from) {
  const std::filesystem::path path(from);
  return std::filesystem::is_directory(path) ? (path / "results.h5").string() : from;
}

// Where a member is stored: the group of its architecture ("/models/mlp-64-100-10-relu") and its row there.
struct MemberPlace {
  std::string group;
  std::size_t row = 0;
  double base = 0;
};

std::vector<std::string> groups_with(Hdf5Child& file, const std::string& weights) {
  std::vector<std::string> groups;
  bool has_trees = false;
  for (const Hdf5Entry& entry : file.list_all()) {
    has_trees = has_trees || entry.path == std::string(kModels) + "xgboost/network";
    if (entry.path.starts_with(kModels) && entry.path.ends_with("/" + weights))
      groups.push_back(entry.path.substr(0, entry.path.size() - weights.size() - 1));
  }
  if (groups.empty() && has_trees)
    throw ConfigError(
        fmt::format("model.from: '{}' stores boosted trees (a training starts from a network)", file.file()));
  if (groups.empty())
    throw ConfigError(
        fmt::format("model.from: '{}' stores no {} (give the run final.refit = true)", file.file(), weights));
  return groups;
}

// The rows of the members of the final ensemble in one group; of a stack those of its bases.
std::vector<std::size_t> final_rows(Hdf5Child& file, const std::string& group, std::size_t num_rows) {
  std::vector<bool> is_final(num_rows, true);
  for (const char* part : {"/repeat", "/fold", "/replicate", "/inner", "/rung"}) {
    const Hdf5Array column = file.read_foreign(group + part);
    for (std::size_t i = 0; i < num_rows; ++i)
      is_final[i] = is_final[i] && i < column.size() && column.number(i) == TaskKey::kNone;
  }
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < num_rows; ++i)
    if (is_final[i]) rows.push_back(i);
  return rows;
}

// Of a stack the member of the first base that stores one of this number.
MemberPlace place_of_member(Hdf5Child& file, const std::string& weights, std::int32_t member) {
  std::optional<MemberPlace> found;
  std::size_t known = 0;
  for (const std::string& group : groups_with(file, weights)) {
    const Hdf5Array members = file.read_foreign(group + "/member"), bases = file.read_foreign(group + "/base");
    for (const std::size_t i : final_rows(file, group, std::min(members.size(), bases.size()))) {
      ++known;
      if (members.number(i) == member && (!found || bases.number(i) < found->base))
        found = MemberPlace{group, i, bases.number(i)};
    }
  }
  if (!found)
    throw ConfigError(
        fmt::format("model.from_member = {} is not in '{}' (it stores {} members)", member, file.file(), known));
  return *found;
}

template <class T>
std::vector<T> row(const Hdf5Array& matrix, std::size_t which) {
  const std::size_t width = matrix.dims.size() == 2 ? static_cast<std::size_t>(matrix.dims[1]) : 0;
  if (width == 0 || matrix.data.size() < (which + 1) * width * sizeof(T))
    throw DataError("'" + matrix.path + "' is no matrix of stored networks");
  std::vector<T> values(width);
  std::memcpy(values.data(), matrix.data.data() + which * width * sizeof(T), width * sizeof(T));
  return values;
}

NetworkSpec network_of_member(Hdf5Child& file, const std::string& group, std::size_t which) {
  const Hdf5Array bytes = file.read_foreign(group + "/network");
  const double offset = file.read_foreign(group + "/network_offset").number(which);
  const double size = file.read_foreign(group + "/network_size").number(which);
  if (!(offset >= 0 && size >= 0 && offset + size <= static_cast<double>(bytes.data.size())))
    throw DataError("'" + bytes.path + "' does not hold the network that '" + file.file() + "' names");
  return network_from_bytes(
      std::span(bytes.data).subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
}

}  // namespace

std::shared_ptr<const Donor> read_donor(const ModelOptions& options) {
  if (options.from.empty()) return nullptr;
  Hdf5Child file(results_of(options.from));
  if (!std::filesystem::exists(file.file()))
    throw ConfigError(
        fmt::format("model.from = '{}' is no finished run ('{}' is not there)", options.from, file.file()));
  const std::string weights = "weights_" + options.from_weights;
  const MemberPlace place = place_of_member(file, weights, options.from_member);
  Donor donor{.network = network_of_member(file, place.group, place.row),
              .weights = row<float>(file.read_foreign(place.group + "/" + weights), place.row)};
  if (num_parameters(donor.network) != donor.weights.size())
    throw DataError(fmt::format("'{}' holds {} weights for a network of {}", file.file(), donor.weights.size(),
                                num_parameters(donor.network)));
  return std::make_shared<const Donor>(std::move(donor));
}

Bytes to_bytes(const Donor* donor) {
  ByteWriter writer;
  if (donor != nullptr) writer.add(to_bytes(donor->network)).add(donor->weights);
  return writer.take();
}

std::shared_ptr<const Donor> donor_from_bytes(std::span<const std::byte> bytes) {
  if (bytes.empty()) return nullptr;
  ByteReader reader(bytes);
  NetworkSpec network = network_from_bytes(reader.vector<std::byte>());
  return std::make_shared<const Donor>(Donor{std::move(network), reader.vector<float>()});
}

}  // namespace jury
