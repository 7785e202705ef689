#include "models/trees/xgboost.hpp"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "runtime/base/error.hpp"

namespace jury::xgboost {
namespace {

// What xgboost says of its last failure, without the time of day, its source and the stack.
std::string last_error() {
  std::string_view text = XGBGetLastError();
  text = text.substr(0, text.find('\n'));
  if (text.starts_with('[')) text.remove_prefix(std::min(text.find("] ") + 2, text.size()));
  if (text.starts_with('.') || text.starts_with('/')) text.remove_prefix(std::min(text.find(": ") + 2, text.size()));
  return std::string(text);
}

template <class ErrorType = Error>
void check(int status, const char* what) {
  if (status != 0) throw ErrorType(fmt::format("xgboost cannot {} ({})", what, last_error()));
}

// Its messages are settled thread by thread.
void be_quiet() { check(XGBSetGlobalConfig(R"({"verbosity": 0})"), "be quiet"); }

// NumPy's array interface, by which xgboost takes arrays without a copy.
std::string array_interface(std::span<const float> values, std::size_t width) {
  return fmt::format(R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
                     reinterpret_cast<std::uintptr_t>(values.data()), values.size() / width, width);
}

}  // namespace

void MatrixTraits::close(type& matrix) noexcept { XGDMatrixFree(matrix); }
void BoosterTraits::close(type& booster) noexcept { XGBoosterFree(booster); }

Matrix make_matrix(std::span<const float> values, std::size_t width, int threads) {
  be_quiet();
  void* matrix = nullptr;
  check<DataError>(XGDMatrixCreateFromMat_omp(values.data(), values.size() / width, width,
                                              std::numeric_limits<float>::quiet_NaN(), &matrix, threads),
                   "take the rows");
  return Matrix(matrix);
}

void set_labels(const Matrix& matrix, std::span<const float> labels, std::size_t outputs) {
  check(XGDMatrixSetInfoFromInterface(matrix.get(), "label", array_interface(labels, outputs).c_str()),
        "take the targets");
}

void set_weights(const Matrix& matrix, std::span<const float> weights) {
  check(XGDMatrixSetFloatInfo(matrix.get(), "weight", weights.data(), weights.size()), "take the weights");
}

Booster::Booster(std::span<void* const> matrices) {
  be_quiet();
  void* booster = nullptr;
  check(XGBoosterCreate(matrices.data(), matrices.size(), &booster), "make a model");
  handle_.reset(booster);
  set("verbosity", "0");
  set("nthread", "1");
}

void Booster::set(const char* parameter, const std::string& value) {
  check(XGBoosterSetParam(handle_.get(), parameter, value.c_str()), "take a setting");
}

void Booster::update(std::int32_t round, const Matrix& training) {
  check(XGBoosterUpdateOneIter(handle_.get(), round, training.get()), "train");
}

void Booster::predict(const Matrix& matrix, std::span<float> out) const {
  constexpr const char* config =
      R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true})";
  bst_ulong const* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* said = nullptr;
  check(XGBoosterPredictFromDMatrix(handle_.get(), matrix.get(), config, &shape, &dimensions, &said), "predict");
  JURY_EXPECTS(dimensions == 2 && (shape[0] * shape[1] == out.size() || (shape[1] == 1 && 2 * shape[0] == out.size())));
  if (shape[0] * shape[1] == out.size()) {
    std::copy_n(said, out.size(), out.begin());
    return;
  }
  for (std::size_t i = 0; i < shape[0]; ++i) {  // of two classes it says the second alone
    out[2 * i] = 1 - said[i];
    out[2 * i + 1] = said[i];
  }
}

Bytes Booster::save() const {
  bst_ulong size = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(handle_.get(), R"({"format": "ubj"})", &size, &bytes), "store the model");
  const auto view = std::as_bytes(std::span(bytes, size));
  return {view.begin(), view.end()};
}

std::string version() {
  int major = 0, minor = 0, patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace jury::xgboost
