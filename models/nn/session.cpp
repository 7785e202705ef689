#include "models/nn/session.hpp"

#include <hwy/targets.h>
#include <omp.h>

#include "models/nn/onednn.hpp"
#include "models/nn/table.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// What Highway may use beside a set of oneDNN's; kernels are compiled for SSE4, AVX2 and AVX-512.
struct IsaLevel {
  dnnl::cpu_isa isa;
  bool avx2, avx512;
};

std::span<const Entry<IsaLevel>> isa_levels() noexcept {
  static constexpr Entry<IsaLevel> table[] = {
      {"sse41", "", {dnnl::cpu_isa::sse41, false, false}},
      {"avx", "", {dnnl::cpu_isa::avx, false, false}},
      {"avx2", "", {dnnl::cpu_isa::avx2, true, false}},
      {"avx2_vnni", "", {dnnl::cpu_isa::avx2_vnni, true, false}},
      {"avx512_core", "", {dnnl::cpu_isa::avx512_core, true, true}},
      {"avx512_core_vnni", "", {dnnl::cpu_isa::avx512_core_vnni, true, true}},
      {"avx512_core_bf16", "", {dnnl::cpu_isa::avx512_core_bf16, true, true}},
      {"avx512_core_amx", "", {dnnl::cpu_isa::avx512_core_amx, true, true}},
  };
  return table;
}

}  // namespace

void use_threads(int threads) {
  JURY_EXPECTS(threads > 0);
  omp_set_num_threads(threads);
}

std::string isa() {
  const dnnl::cpu_isa effective = dnnl::get_effective_cpu_isa();
  for (const auto& line : isa_levels())
    if (line.make.isa == effective) return std::string(line.name);
  return "isa-" + std::to_string(static_cast<int>(effective));
}

void cap_isa(std::string_view name) {
  const IsaLevel& level = find(isa_levels(), "instruction set", name);
  if (dnnl::set_max_cpu_isa(level.isa) != dnnl::status::success && isa() != name)
    throw ConfigError("cannot use the instruction set '" + std::string(name) + "' (" + isa() +
                      " is already in use in this process)");
  if (isa() != name) throw ConfigError("this processor has no '" + std::string(name) + "' (it has " + isa() + ")");
  if (!level.avx512) hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
  if (!level.avx2) hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL | HWY_AVX2);
}

bool has_bf16() {
  const std::string set = isa();
  return set == "avx512_core_bf16" || set == "avx512_core_amx";
}

std::string onednn_version() {
  const dnnl::version_t* version = dnnl::version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." + std::to_string(version->patch);
}

}  // namespace jury
