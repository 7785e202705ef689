// oneDNN primitives as operations of a plan. For the .cpp files that call oneDNN; no header includes it.
#pragma once

#include <vector>

#include "models/nn/onednn.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

const dnnl::engine& cpu_engine();

/// Puts a primitive and its arguments together; they follow the plan's bindings.
///
///   builder.forward(PrimitiveOp(builder, dnnl::matmul(desc)).arg(DNNL_ARG_SRC, a, buffer).op());
class PrimitiveOp {
 public:
  PrimitiveOp(PlanBuilder& builder, const dnnl::primitive& primitive) : builder_(builder), primitive_(primitive) {}

  PrimitiveOp& arg(int argument, const dnnl::memory::desc& shape, Buffer buffer);
  Op op() const;

 private:
  PlanBuilder& builder_;
  dnnl::primitive primitive_;
  std::vector<dnnl::memory> places_;
  std::vector<dnnl_exec_arg_t> args_;
};

/// Numbers as a product reads them.
struct Operand {
  Buffer buffer;
  dnnl::memory::data_type type = dnnl::memory::data_type::f32;
};

/// `size` floats as an operand in the plan's precision: themselves, or a rounded copy that an
/// operation in `phase` makes the first time it is asked for. Parameters are rounded whenever they
/// are new.
Operand operand(PlanBuilder& builder, Phase phase, Buffer buffer, std::size_t size);

/// Floats that hold a memory of this description.
std::size_t floats_of(const dnnl::memory::desc& desc);

/// The operation that copies `from` into the layout of `to`.
Op reorder(PlanBuilder& builder, const Operand& from, const dnnl::memory::desc& from_desc, Buffer to,
           const dnnl::memory::desc& to_desc);

}  // namespace jury
