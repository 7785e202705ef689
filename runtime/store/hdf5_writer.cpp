#include "runtime/store/hdf5_writer.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/hdf5_attribute.hpp"
#include "runtime/store/utf8.hpp"

namespace jury {
namespace {

using hdf5::Hid;

constexpr std::uint64_t kContiguousBytes = std::uint64_t{1} << 20;  // larger arrays are chunked and compressed
constexpr std::uint64_t kChunkBytes = std::uint64_t{1} << 20;
constexpr unsigned kDeflateLevel = 1;

// An array that uses a dimension: its address in the file, and on which axis.
struct Use {
  hobj_ref_t array;
  int axis;
};

struct Scale {
  std::string name;
  std::uint64_t size = 0;
  hobj_ref_t address = 0;
  Hid dataset;
  std::vector<Use> uses;
};

struct GroupState {
  Hid id;
  std::vector<Scale> scales;
};

// Chunks of about kChunkBytes that cut the outer axes first.
std::vector<hsize_t> chunk_dims(std::vector<hsize_t> dims, std::size_t item_bytes) {
  std::uint64_t bytes = item_bytes;
  for (const hsize_t dim : dims) bytes *= dim;
  for (hsize_t& dim : dims) {
    if (bytes <= kChunkBytes) break;
    bytes /= dim;
    dim = std::max<hsize_t>(1, kChunkBytes / bytes);
    bytes *= dim;
  }
  return dims;
}

Hid creation_list(const std::vector<hsize_t>& dims, std::size_t item_bytes) {
  static const std::string what = "cannot prepare an array";
  Hid list = hdf5::owned<IoError>(H5Pcreate(H5P_DATASET_CREATE), what);
  hdf5::check<IoError>(H5Pset_obj_track_times(list.get(), false), what);
  std::uint64_t bytes = item_bytes;
  for (const hsize_t dim : dims) bytes *= dim;
  if (bytes <= kContiguousBytes) return list;
  const std::vector<hsize_t> chunk = chunk_dims(dims, item_bytes);
  hdf5::check<IoError>(H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data()), what);
  hdf5::check<IoError>(H5Pset_shuffle(list.get()), what);
  hdf5::check<IoError>(H5Pset_deflate(list.get(), kDeflateLevel), what);
  return list;
}

}  // namespace

struct Hdf5Writer::Impl {
  std::string file_path;
  Hid file;
  std::map<std::string, GroupState> groups;  // "" is the root

  GroupState& group(const std::string& path);
  hobj_ref_t address_of(const std::string& path) const;
  void attach(GroupState& group, const std::string& group_path, hid_t dataset, const std::string& path,
              const std::vector<Dimension>& dims);
  Scale& scale(GroupState& group, const std::string& group_path, const Dimension& dim);
  void add_scale(GroupState& group, Hid dataset, const std::string& path, const Dimension& dim);
  void write(const std::string& group_path, const std::string& name, hid_t type, const void* data,
             const std::vector<Dimension>& dims, const About& about);
  void write_uses(const GroupState& group) const;
};

GroupState& Hdf5Writer::Impl::group(const std::string& path) {
  const auto known = groups.find(path);
  if (known != groups.end()) return known->second;
  const std::string what = "cannot create group '" + path + "' in '" + file_path + "'";
  group(path.substr(0, path.rfind('/')));
  const Hid list = hdf5::owned<IoError>(H5Pcreate(H5P_GROUP_CREATE), what);
  hdf5::check<IoError>(H5Pset_obj_track_times(list.get(), false), what);
  hdf5::check<IoError>(H5Pset_link_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), what);
  GroupState state;
  state.id = hdf5::owned<IoError>(H5Gcreate2(file.get(), path.c_str(), H5P_DEFAULT, list.get(), H5P_DEFAULT), what);
  return groups.emplace(path, std::move(state)).first->second;
}

hobj_ref_t Hdf5Writer::Impl::address_of(const std::string& path) const {
  hobj_ref_t address = 0;
  hdf5::check<IoError>(H5Rcreate(&address, file.get(), path.c_str(), H5R_OBJECT, H5I_INVALID_HID),
                       "cannot refer to '" + path + "'");
  return address;
}

void Hdf5Writer::Impl::add_scale(GroupState& state, Hid dataset, const std::string& path, const Dimension& dim) {
  hdf5::write_fixed_text_attribute(dataset.get(), "CLASS", "DIMENSION_SCALE");
  hdf5::write_fixed_text_attribute(dataset.get(), "NAME", dim.name);
  state.scales.push_back({dim.name, dim.size, address_of(path), std::move(dataset), {}});
}

Scale& Hdf5Writer::Impl::scale(GroupState& state, const std::string& group_path, const Dimension& dim) {
  const auto find = [&] {
    return std::find_if(state.scales.begin(), state.scales.end(),
                        [&](const Scale& known) { return known.name == dim.name; });
  };
  if (find() == state.scales.end()) {
    std::vector<std::int64_t> index(static_cast<std::size_t>(dim.size));
    std::iota(index.begin(), index.end(), std::int64_t{0});
    write(group_path, dim.name, H5T_NATIVE_INT64, index.data(), {dim}, {});
    const std::int64_t one = 1;
    hdf5::write_attribute(state.scales.back().dataset.get(), "index", H5T_NATIVE_INT64, {}, &one);
  }
  Scale& found = *find();
  JURY_EXPECTS(found.size == dim.size);
  return found;
}

void Hdf5Writer::Impl::attach(GroupState& state, const std::string& group_path, hid_t dataset, const std::string& path,
                              const std::vector<Dimension>& dims) {
  if (dims.empty()) return;
  const hobj_ref_t address = address_of(path);
  std::vector<hobj_ref_t> addresses;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    Scale& used = scale(state, group_path, dims[axis]);
    used.uses.push_back({address, static_cast<int>(axis)});
    addresses.push_back(used.address);
  }
  std::vector<hvl_t> lists;
  for (hobj_ref_t& scale_address : addresses) lists.push_back({1, &scale_address});
  const Hid type = hdf5::owned<IoError>(H5Tvlen_create(H5T_STD_REF_OBJ), "cannot make a list type");
  hdf5::write_attribute(dataset, "DIMENSION_LIST", type.get(), {lists.size()}, lists.data());
}

void Hdf5Writer::Impl::write(const std::string& group_path, const std::string& name, hid_t type, const void* data,
                             const std::vector<Dimension>& dims, const About& about) {
  JURY_EXPECTS(!name.empty() && name.find('/') == std::string::npos);
  GroupState& state = group(group_path);
  const bool labels = dims.size() == 1 && dims[0].name == name;
  if (!labels)  // in the file an axis stands before the array that uses it
    for (const Dimension& dim : dims) scale(state, group_path, dim);

  const std::string path = group_path + "/" + name;
  const std::string what = "cannot write '" + path + "' in '" + file_path + "'";
  std::vector<hsize_t> sizes;
  for (const Dimension& dim : dims) sizes.push_back(dim.size);
  const Hid space = hdf5::space_of(sizes);
  const bool is_text = H5Tget_class(type) == H5T_STRING;
  const Hid list = creation_list(is_text ? std::vector<hsize_t>{} : sizes, H5Tget_size(type));
  Hid dataset = hdf5::owned<IoError>(
      H5Dcreate2(state.id.get(), name.c_str(), type, space.get(), H5P_DEFAULT, list.get(), H5P_DEFAULT), what);
  hdf5::check<IoError>(H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), what);
  if (!about.units.empty()) hdf5::write_text_attribute(dataset.get(), "units", about.units);
  if (!about.help.empty()) hdf5::write_text_attribute(dataset.get(), "long_name", about.help);
  if (labels) {
    add_scale(state, std::move(dataset), path, dims[0]);
  } else {
    attach(state, group_path, dataset.get(), path, dims);
  }
}

// The lists of who uses a dimension, known only at the end. The members lie without gaps, so that no
// byte of the file is left to chance.
void Hdf5Writer::Impl::write_uses(const GroupState& state) const {
  static const std::string what = "cannot describe the use of a dimension";
  constexpr std::size_t use_bytes = sizeof(hobj_ref_t) + sizeof(int);
  const Hid type = hdf5::owned<IoError>(H5Tcreate(H5T_COMPOUND, use_bytes), what);
  hdf5::check<IoError>(H5Tinsert(type.get(), "dataset", 0, H5T_STD_REF_OBJ), what);
  hdf5::check<IoError>(H5Tinsert(type.get(), "dimension", sizeof(hobj_ref_t), H5T_NATIVE_INT), what);
  for (const Scale& scale : state.scales) {
    if (scale.uses.empty()) continue;
    ByteWriter packed;
    for (const Use& use : scale.uses) packed.add(std::uint64_t{use.array}).add(use.axis);
    hdf5::write_attribute(scale.dataset.get(), "REFERENCE_LIST", type.get(), {scale.uses.size()},
                          packed.bytes().data());
  }
}

Hdf5Writer::Hdf5Writer(const std::string& path) : impl_(std::make_unique<Impl>()) {
  hdf5::prepare_library();
  impl_->file_path = meant_by(path);
  const std::string what = "cannot create '" + impl_->file_path + "'";
  const Hid creation = hdf5::owned<IoError>(H5Pcreate(H5P_FILE_CREATE), what);
  hdf5::check<IoError>(H5Pset_obj_track_times(creation.get(), false), what);
  hdf5::check<IoError>(H5Pset_link_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), what);
  const Hid access = hdf5::file_access();
  impl_->file = hdf5::owned<IoError>(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), what);
  GroupState root;
  root.id = hdf5::owned<IoError>(H5Gopen2(impl_->file.get(), "/", H5P_DEFAULT), what);
  impl_->groups.emplace("", std::move(root));
}

Hdf5Writer::~Hdf5Writer() {
  if (impl_) impl_->groups.clear();
}

void Hdf5Writer::close() {
  const std::string what = "cannot complete '" + impl_->file_path + "'";
  for (const auto& [path, state] : impl_->groups) impl_->write_uses(state);
  impl_->groups.clear();
  hdf5::check<IoError>(H5Fflush(impl_->file.get(), H5F_SCOPE_LOCAL), what);
  hdf5::check<IoError>(H5Fclose(impl_->file.release()), what);
}

Hdf5Group Hdf5Group::group(std::string_view name) const {
  std::string path = path_;
  for (const std::string_view part : split_text(name, '/')) {
    if (part.empty()) continue;
    path.append("/").append(part);
    writer_->impl_->group(path);
  }
  return {*writer_, path};
}

void Hdf5Group::attribute(std::string_view name, std::string_view text) const {
  hdf5::write_text_attribute(writer_->impl_->group(path_).id.get(), std::string(name), text);
}
void Hdf5Group::attribute(std::string_view name, std::int64_t number) const {
  hdf5::write_attribute(writer_->impl_->group(path_).id.get(), std::string(name), H5T_NATIVE_INT64, {}, &number);
}
void Hdf5Group::attribute(std::string_view name, double number) const {
  hdf5::write_attribute(writer_->impl_->group(path_).id.get(), std::string(name), H5T_NATIVE_DOUBLE, {}, &number);
}

void Hdf5Group::raw_array(std::string_view name, ElementType type, std::span<const std::byte> values,
                          const std::vector<Dimension>& dims, const About& about) const {
  std::uint64_t count = 1;
  for (const Dimension& dim : dims) count *= dim.size;
  JURY_EXPECTS(values.size() == count * element_bytes(type));
  writer_->impl_->write(path_, std::string(name), hdf5::native_type(type), values.data(), dims, about);
}

void Hdf5Group::texts(std::string_view name, std::span<const std::string> values, const std::vector<Dimension>& dims,
                      const About& about) const {
  std::uint64_t count = 1;
  for (const Dimension& dim : dims) count *= dim.size;
  JURY_EXPECTS(values.size() == count);
  std::vector<std::string> valid;
  for (const std::string& value : values) valid.push_back(valid_utf8(value));
  std::vector<const char*> pointers;
  for (const std::string& value : valid) pointers.push_back(value.c_str());
  writer_->impl_->write(path_, std::string(name), hdf5::text_type().get(), pointers.data(), dims, about);
}

void Hdf5Group::text(std::string_view name, std::string_view value, const About& about) const {
  const std::string text(value);
  texts(name, std::span(&text, 1), {}, about);
}

void Hdf5Group::bools(std::string_view name, const std::vector<bool>& values, const std::vector<Dimension>& dims,
                      const About& about) const {
  std::vector<std::int8_t> bytes;
  for (const bool value : values) bytes.push_back(value ? 1 : 0);
  array(name, bytes, dims, about);
  const GroupState& state = writer_->impl_->group(path_);
  const Hid dataset = hdf5::owned<IoError>(H5Dopen2(state.id.get(), std::string(name).c_str(), H5P_DEFAULT),
                                           "cannot open what was just written");
  hdf5::write_text_attribute(dataset.get(), "dtype", "bool");
}

void write_hdf5_aside(const std::string& path, const std::function<void(Hdf5Writer&)>& fill, FileSystem& files) {
  const std::string aside = name_aside(path);
  try {
    File::create(aside, files);  // with our permissions, which HDF5 keeps
    Hdf5Writer writer(aside);
    fill(writer);
    writer.close();
    File::append(aside, files).move_to(path);
  } catch (...) {
    files.unlink(aside.c_str());
    throw;
  }
}

}  // namespace jury
