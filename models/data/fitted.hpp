// Values that remember the rows they were fitted on, so that none is scored on a row it has seen.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "models/data/row_set.hpp"

namespace jury {

/// A fitted value (scaler, encoder, weights, early stop, stacker, ...) and the rows it saw. There is
/// no way to make one without naming the rows.
template <class T>
class Fitted {
 public:
  Fitted(T value, RowSet saw) : value_(std::move(value)), saw_(std::move(saw)) {}

  const T& operator*() const noexcept { return value_; }
  const T* operator->() const noexcept { return &value_; }
  const RowSet& saw() const noexcept { return saw_; }

 private:
  T value_;
  RowSet saw_;
};

/// To be called by whatever scores: `rows` of the dataset `domain` must not be among `saw`.
/// Throws LeakError that names the first row and `what` (say "trial 3, fold 1, member 7").
void require_unseen(const RowSet& saw, std::uint64_t domain, std::span<const std::uint32_t> rows,
                    std::string_view what);

}  // namespace jury
