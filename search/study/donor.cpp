#include "search/study/donor.hpp"

#include <fmt/format.h>

#include <filesystem>

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

// The group of the stored networks: "/models/mlp-64-100-10-relu".
std::string group_of(const std::string& file, const std::string& weights) {
  bool has_trees = false;
  for (const Hdf5Entry& entry : list_hdf5(file)) {
    has_trees = has_trees || entry.path == std::string(kModels) + "xgboost/trees";
    if (entry.path.starts_with(kModels) && entry.path.ends_with("/" + weights))
      return entry.path.substr(0, entry.path.size() - weights.size() - 1);
  }
  if (has_trees) throw ConfigError(fmt::format("model.from: '{}' stores boosted trees (a training starts from a network)", file));
  throw ConfigError(fmt::format("model.from: '{}' stores no {} (give the run final.refit = true)", file, weights));
}

// The row of a member of the final ensemble in the tables of its group.
std::size_t row_of_member(const std::string& file, const std::string& group, std::int32_t member) {
  const Hdf5Array members = read_foreign_array(file, group + "/member"), folds = read_foreign_array(file, group + "/fold"),
                  replicates = read_foreign_array(file, group + "/replicate");
  std::size_t known = 0;
  for (std::size_t i = 0; i < members.size() && i < folds.size() && i < replicates.size(); ++i) {
    if (folds.number(i) != TaskKey::kNone || replicates.number(i) != TaskKey::kNone) continue;
    if (members.number(i) == member) return i;
    ++known;
  }
  throw ConfigError(fmt::format("model.from_member = {} is not in '{}' (it stores {} members)", member, file, known));
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

NetworkSpec network_of_member(const std::string& file, const std::string& group, std::size_t which) {
  const Hdf5Array bytes = read_foreign_array(file, group + "/network");
  const double offset = read_foreign_array(file, group + "/network_offset").number(which);
  const double size = read_foreign_array(file, group + "/network_size").number(which);
  if (!(offset >= 0 && size >= 0 && offset + size <= static_cast<double>(bytes.data.size())))
    throw DataError("'" + bytes.path + "' does not hold the network that '" + file + "' names");
  return network_from_bytes(std::span(bytes.data).subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
}

}  // namespace

std::shared_ptr<const Donor> read_donor(const ModelOptions& options) {
  if (options.from.empty()) return nullptr;
  const std::string file = results_of(options.from);
  if (!std::filesystem::exists(file))
    throw ConfigError(fmt::format("model.from = '{}' is no finished run ('{}' is not there)", options.from, file));
  const std::string weights = "weights_" + options.from_weights;
  const std::string group = group_of(file, weights);
  const std::size_t which = row_of_member(file, group, options.from_member);
  Donor donor{.network = network_of_member(file, group, which),
              .weights = row<float>(read_foreign_array(file, group + "/" + weights), which)};
  if (num_parameters(donor.network) != donor.weights.size())
    throw DataError(fmt::format("'{}' holds {} weights for a network of {}", file, donor.weights.size(), num_parameters(donor.network)));
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
