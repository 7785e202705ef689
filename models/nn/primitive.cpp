#include "models/nn/primitive.hpp"

#include <string>

#include "models/nn/kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The C call with its arguments ready: the C++ one copies a map on each execution.
struct Execute {
  dnnl::primitive primitive;
  dnnl::stream stream;
  std::vector<dnnl::memory> places;  // kept alive for args
  std::vector<dnnl_exec_arg_t> args;

  void operator()(Step&) const {
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive.get(), stream.get(), static_cast<int>(args.size()), args.data());
    if (status != dnnl_success) throw Error("oneDNN could not run a primitive (status " + std::to_string(status) + ")");
  }
};

}  // namespace

const dnnl::engine& cpu_engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

PrimitiveOp& PrimitiveOp::arg(int argument, const dnnl::memory::desc& shape, Buffer buffer) {
  const dnnl::memory place(shape, cpu_engine(), DNNL_MEMORY_NONE);
  places_.push_back(place);
  args_.push_back({argument, place.get()});
  builder_.on_bind([place, buffer](Step& step) { place.set_data_handle(step.at(buffer)); });
  return *this;
}

Op PrimitiveOp::op() const { return Execute{primitive_, dnnl::stream(cpu_engine()), places_, args_}; }

Operand operand(PlanBuilder& builder, Phase phase, Buffer buffer, std::size_t size) {
  if (builder.precision() == Precision::f32) return {buffer};
  const bool emulated = builder.precision() == Precision::bf16_emulated;
  std::optional<Buffer>& copy = builder.rounded(buffer);
  if (!copy) {
    copy = builder.allocate(emulated ? size : (size + 1) / 2);
    Op round = [buffer, to = *copy, size, emulated](Step& step) {
      if (emulated)
        round_to_bf16(step.at(buffer), step.at(to), size);
      else
        convert_to_bf16(step.at(buffer), reinterpret_cast<std::uint16_t*>(step.at(to)), size);
    };
    if (buffer.region == Region::params)
      builder.on_new_weights(std::move(round));
    else
      builder.add(phase, std::move(round));
  }
  return {*copy, emulated ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16};
}

std::size_t floats_of(const dnnl::memory::desc& desc) { return (desc.get_size() + sizeof(float) - 1) / sizeof(float); }

Op reorder(PlanBuilder& builder, const Operand& from, const dnnl::memory::desc& from_desc, Buffer to,
           const dnnl::memory::desc& to_desc) {
  const dnnl::reorder::primitive_desc chosen(cpu_engine(), from_desc, cpu_engine(), to_desc);
  return PrimitiveOp(builder, dnnl::reorder(chosen))
      .arg(DNNL_ARG_FROM, from_desc, from.buffer)
      .arg(DNNL_ARG_TO, to_desc, to)
      .op();
}

}  // namespace jury
