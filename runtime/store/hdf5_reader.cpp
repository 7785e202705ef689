#include "runtime/store/hdf5_reader.hpp"

#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_array.hpp"
#include "runtime/store/hdf5_texts.hpp"

namespace jury {
namespace {

using hdf5::check;
using hdf5::Hid;
using hdf5::owned;

constexpr std::size_t kMaxEntries = 1'000'000;  // names in one file
constexpr std::size_t kMaxDepth = 32;

DataError wrong(const std::string& path, const std::string& problem) { return DataError("'" + path + "' " + problem); }

std::string joined(const std::string& group, const std::string& name) {
  return group.ends_with('/') ? group + name : group + "/" + name;
}

}  // namespace

struct Hdf5Reader::Impl {
  std::string file_path;
  Hdf5Limits limits;
  Hid file;
  std::uint64_t file_bytes = 0;

  void expect_hard_links(const std::string& path) const;
  Hid open(const std::string& path) const;
  std::vector<Hdf5Entry> list(const std::string& group) const;
  void list_all(const std::string& group, std::size_t depth, std::vector<Hdf5Entry>& all) const;
  Attributes attributes(const std::string& path) const;
  std::size_t num_dimensions(const std::string& path) const {
    const Hid array = open(path);
    const Hid space = owned<DataError>(H5Dget_space(array.get()), "'" + path + "' is no array");
    const int rank = H5Sget_simple_extent_ndims(space.get());
    return rank < 0 ? throw wrong(path, "is no array of numbers or texts") : static_cast<std::size_t>(rank);
  }
  Hdf5Array read(const std::string& path, hdf5::Source source, RowRange rows = {}) const {
    return hdf5::read_array(open(path).get(), path, {source, limits, file_bytes, rows});
  }

  // What `call` gives; a DataError from it also names the file.
  template <class Call>
  auto named(const Call& call) const {
    try {
      return call();
    } catch (const DataError& error) {
      throw DataError("'" + file_path + "': " + error.what());
    }
  }
};

Hdf5Reader::Hdf5Reader(const std::string& path, Hdf5Limits limits) : impl_(std::make_unique<Impl>()) {
  hdf5::prepare_library();
  impl_->file_path = path;
  impl_->limits = limits;
  impl_->file_bytes = File::read_only(path).size();
  impl_->file = owned<DataError>(H5Fopen(path.c_str(), H5F_ACC_RDONLY, hdf5::file_access().get()),
                                 "'" + path + "' is not readable as HDF5");
}
Hdf5Reader::~Hdf5Reader() = default;
Hdf5Reader::Hdf5Reader(Hdf5Reader&&) noexcept = default;

// Throws DataError unless every step of the path is there and is a hard link.
void Hdf5Reader::Impl::expect_hard_links(const std::string& path) const {
  std::string sofar;
  for (const std::string_view part : split_text(path, '/')) {
    if (part.empty()) continue;
    sofar.append("/").append(part);
    H5L_info_t link{};
    if (H5Lexists(file.get(), sofar.c_str(), H5P_DEFAULT) <= 0 ||
        H5Lget_info(file.get(), sofar.c_str(), &link, H5P_DEFAULT) < 0) {
      H5Eclear2(H5E_DEFAULT);
      throw DataError("there is no '" + path + "'");
    }
    if (link.type != H5L_TYPE_HARD) throw wrong(sofar, "is a soft or external link (links are not followed)");
  }
}

Hid Hdf5Reader::Impl::open(const std::string& path) const {
  expect_hard_links(path);
  return owned<DataError>(H5Oopen(file.get(), path.empty() ? "/" : path.c_str(), H5P_DEFAULT),
                          "cannot open '" + path + "'");
}

std::vector<Hdf5Entry> Hdf5Reader::Impl::list(const std::string& group) const {
  const Hid id = open(group);
  if (H5Iget_type(id.get()) != H5I_GROUP) throw wrong(group, "is no group");
  struct Names {
    std::vector<std::pair<std::string, H5L_type_t>> links;
  } names;
  const auto visit = [](hid_t, const char* name, const H5L_info_t* link, void* out) -> herr_t {
    auto& links = static_cast<Names*>(out)->links;
    if (links.size() >= kMaxEntries) return 1;
    links.emplace_back(name, link->type);
    return 0;
  };
  const Hid list = owned<DataError>(H5Gget_create_plist(id.get()), "cannot read '" + group + "'");
  unsigned order = 0;
  check<DataError>(H5Pget_link_creation_order(list.get(), &order), "cannot read '" + group + "'");
  const H5_index_t index = (order & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  check<DataError>(H5Literate(id.get(), index, H5_ITER_INC, nullptr, visit, &names), "cannot read '" + group + "'");

  std::vector<Hdf5Entry> entries;
  for (const auto& [name, type] : names.links) {
    Hdf5Entry entry{joined(group, name), Hdf5Entry::Kind::other};
    H5O_info_t about{};
    if (type == H5L_TYPE_HARD) {
      check<DataError>(H5Oget_info_by_name2(id.get(), name.c_str(), &about, H5O_INFO_BASIC, H5P_DEFAULT),
                       "cannot look at '" + entry.path + "'");
      if (about.type == H5O_TYPE_GROUP) entry.kind = Hdf5Entry::Kind::group;
      if (about.type == H5O_TYPE_DATASET) entry.kind = Hdf5Entry::Kind::array;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

void Hdf5Reader::Impl::list_all(const std::string& group, std::size_t depth, std::vector<Hdf5Entry>& all) const {
  if (depth > kMaxDepth) throw wrong(group, "is nested too deeply (a group may contain itself)");
  for (Hdf5Entry& entry : list(group)) {
    if (all.size() >= kMaxEntries) throw wrong(group, "holds too many names");
    all.push_back(entry);
    if (entry.kind == Hdf5Entry::Kind::group) list_all(entry.path, depth + 1, all);
  }
}

Attributes Hdf5Reader::Impl::attributes(const std::string& path) const {
  const Hid object = open(path);
  std::vector<std::string> names;
  const auto visit = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  check<DataError>(H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names),
                   "cannot read the attributes of '" + path + "'");
  Attributes attributes;
  for (const std::string& name : names) {
    const std::string label = path + "@" + name;
    const std::string what = "cannot read '" + label + "'";
    const Hid id = owned<DataError>(H5Aopen(object.get(), name.c_str(), H5P_DEFAULT), what);
    const Hid type = owned<DataError>(H5Aget_type(id.get()), what);
    const Hid space = owned<DataError>(H5Aget_space(id.get()), what);
    if (H5Sget_simple_extent_npoints(space.get()) != 1) continue;
    switch (H5Tget_class(type.get())) {
      case H5T_STRING:
        attributes.emplace_back(name, hdf5::read_texts(type.get(), space.get(), 1, label, [&](hid_t memory, void* out) {
                                        return H5Aread(id.get(), memory, out);
                                      }).front());
        break;
      case H5T_INTEGER: {
        std::int64_t number = 0;
        check<DataError>(H5Aread(id.get(), H5T_NATIVE_INT64, &number), what);
        attributes.emplace_back(name, number);
        break;
      }
      case H5T_FLOAT: {
        double number = 0;
        check<DataError>(H5Aread(id.get(), H5T_NATIVE_DOUBLE, &number), what);
        attributes.emplace_back(name, number);
        break;
      }
      default:
        break;  // references and lists: the bookkeeping of dimension scales
    }
  }
  return attributes;
}

std::vector<Hdf5Entry> Hdf5Reader::list(const std::string& group) const {
  return impl_->named([&] { return impl_->list(group); });
}

std::vector<Hdf5Entry> Hdf5Reader::list_all(const std::string& group) const {
  return impl_->named([&] {
    std::vector<Hdf5Entry> all;
    impl_->list_all(group, 0, all);
    return all;
  });
}

bool Hdf5Reader::has(const std::string& path) const {
  try {
    impl_->expect_hard_links(path);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

Hdf5Array Hdf5Reader::read(const std::string& path) const {
  return impl_->named([&] { return impl_->read(path, hdf5::Source::ours); });
}

Hdf5Array Hdf5Reader::read_foreign(const std::string& path, RowRange rows) const {
  return impl_->named([&] { return impl_->read(path, hdf5::Source::foreign, rows); });
}

Attributes Hdf5Reader::attributes(const std::string& path) const {
  return impl_->named([&] { return impl_->attributes(path); });
}

std::size_t Hdf5Reader::num_dimensions(const std::string& path) const {
  return impl_->named([&] { return impl_->num_dimensions(path); });
}

}  // namespace jury
