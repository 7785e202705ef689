#include "runtime/store/hdf5_diff.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_value.hpp"

namespace jury {
namespace {

using Kind = Hdf5Entry::Kind;

bool is_scientific(const std::string& path) {
  for (const std::string_view place : {"/timing", "/provenance"})
    if (path == place || path.starts_with(std::string(place) + "/")) return false;
  return true;
}

std::map<std::string, Kind> entries(const Hdf5Reader& file) {
  std::map<std::string, Kind> all = {{"/", Kind::group}};
  for (const Hdf5Entry& entry : file.list_all("/"))
    if (is_scientific(entry.path)) all.emplace(entry.path, entry.kind);
  return all;
}

std::string text_of(const AttributeValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return std::to_string(std::get<double>(value));
}

bool same(const AttributeValue& a, const AttributeValue& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  return a == b || (x != nullptr && y != nullptr && std::isnan(*x) && std::isnan(*y));
}

std::string shape_of(const Hdf5Array& array) {
  std::string text(to_string(array.type));
  for (std::size_t i = 0; i < array.dims.size(); ++i) text += (i == 0 ? " [" : ", ") + std::to_string(array.dims[i]);
  return text + (array.dims.empty() ? "" : "]");
}

bool is_float(ElementType type) { return type == ElementType::float32 || type == ElementType::float64; }

bool same_element(const Hdf5Array& a, const Hdf5Array& b, std::size_t i) {
  if (a.type == ElementType::text) return a.texts[i] == b.texts[i];
  const std::size_t size = element_bytes(a.type);
  if (std::memcmp(a.data.data() + i * size, b.data.data() + i * size, size) == 0) return true;
  return is_float(a.type) && std::isnan(a.number(i)) && std::isnan(b.number(i));
}

// As people tell elements apart: a number that rounds alike, or a zero of the other sign, shows too.
std::string shown(const Hdf5Array& array, std::size_t i) {
  if (array.type == ElementType::text) return "'" + array.texts[i] + "'";
  const std::string cell = array.cell(i);
  return cell.empty() ? "nan" : cell;
}

class Comparison {
 public:
  Comparison(const Hdf5Reader& a, const Hdf5Reader& b) : a_(a), b_(b) {}

  void attributes(const std::string& path) {
    std::map<std::string, AttributeValue> a;
    std::map<std::string, AttributeValue> b;
    for (auto& [name, value] : a_.attributes(path)) a.emplace(name, value);
    for (auto& [name, value] : b_.attributes(path)) b.emplace(name, value);
    for (const auto& [name, value] : a) {
      const auto other = b.find(name);
      if (other == b.end()) {
        add(path + "@" + name, "only in the first");
      } else if (!same(value, other->second)) {
        add(path + "@" + name, text_of(value) + " != " + text_of(other->second));
      }
    }
    for (const auto& [name, value] : b)
      if (!a.contains(name)) add(path + "@" + name, "only in the second");
  }

  void array(const std::string& path) {
    const Hdf5Array a = a_.read(path);
    const Hdf5Array b = b_.read(path);
    if (a.type != b.type || a.dims != b.dims) return add(path, shape_of(a) + " != " + shape_of(b));
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (same_element(a, b, i)) continue;
      differences_.push_back({path, i, shown(a, i) + " != " + shown(b, i)});
      return;
    }
  }

  void add(const std::string& path, const std::string& text) { differences_.push_back({path, std::nullopt, text}); }
  std::vector<Hdf5Difference> take() { return std::move(differences_); }

 private:
  const Hdf5Reader& a_;
  const Hdf5Reader& b_;
  std::vector<Hdf5Difference> differences_;
};

}  // namespace

std::vector<Hdf5Difference> diff_results(const Hdf5Reader& a, const Hdf5Reader& b) {
  Comparison comparison(a, b);
  const auto in_a = entries(a);
  const auto in_b = entries(b);
  auto all = in_a;
  all.insert(in_b.begin(), in_b.end());
  for (const auto& [path, kind] : all) {
    if (!in_b.contains(path)) {
      comparison.add(path, "only in the first");
    } else if (!in_a.contains(path)) {
      comparison.add(path, "only in the second");
    } else if (in_b.at(path) != kind) {
      comparison.add(path, "not of the same kind");
    } else if (kind != Kind::other) {
      comparison.attributes(path);
      if (kind == Kind::array) comparison.array(path);
    }
  }
  return comparison.take();
}

}  // namespace jury
