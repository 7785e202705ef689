// A block of floats as vector loops and oneDNN want it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace jury {

/// Flat kernels run over whole vectors: sizes are rounded up to the widest, 64 bytes.
inline constexpr std::size_t kVectorFloats = 16;
constexpr std::size_t padded_size(std::size_t num_floats) noexcept {
  return (num_floats + kVectorFloats - 1) / kVectorFloats * kVectorFloats;
}

/// Zeroed floats, 64-byte aligned, padded_size() of them.
class AlignedBlock {
 public:
  AlignedBlock() = default;
  explicit AlignedBlock(std::size_t num_floats)
      : size_(padded_size(num_floats)),
        floats_(static_cast<float*>(std::aligned_alloc(64, size_ == 0 ? 64 : size_ * sizeof(float)))) {
    if (floats_ == nullptr) throw std::bad_alloc();
    std::memset(floats_.get(), 0, size_ * sizeof(float));
  }

  float* data() const noexcept { return floats_.get(); }
  std::size_t size() const noexcept { return size_; }  ///< padded
  std::size_t size_bytes() const noexcept { return size_ * sizeof(float); }
  std::span<float> span() const noexcept { return {floats_.get(), size_}; }

 private:
  struct Free {
    void operator()(float* p) const noexcept { std::free(p); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<float, Free> floats_;
};

}  // namespace jury
