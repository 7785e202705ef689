// oneDNN 2 and 3: the only file that knows which it is. For the .cpp files that call oneDNN, and their headers.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace jury {

#if DNNL_VERSION_MAJOR >= 3

/// The description of a primitive: what its operation is described by, in oneDNN's order.
template <class Primitive, class... Args>
typename Primitive::primitive_desc forward_primitive(const dnnl::engine& engine, const dnnl::primitive_attr& attributes,
                                                     const Args&... args) {
  return typename Primitive::primitive_desc(engine, args..., attributes);
}

/// The same of a backward one, which is to suit the forward one.
template <class Primitive, class Forward, class... Args>
typename Primitive::primitive_desc backward_primitive(const dnnl::engine& engine,
                                                      const dnnl::primitive_attr& attributes, const Forward& forward,
                                                      const Args&... args) {
  return typename Primitive::primitive_desc(engine, args..., forward, attributes);
}

inline void append_activation(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha) {
  operations.append_eltwise(algorithm, alpha, 0);
}

#else

template <class Primitive, class... Args>
typename Primitive::primitive_desc forward_primitive(const dnnl::engine& engine, const dnnl::primitive_attr& attributes,
                                                     const Args&... args) {
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attributes, engine);
}

template <class Primitive, class Forward, class... Args>
typename Primitive::primitive_desc backward_primitive(const dnnl::engine& engine,
                                                      const dnnl::primitive_attr& attributes, const Forward& forward,
                                                      const Args&... args) {
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attributes, engine, forward);
}

inline void append_activation(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha) {
  operations.append_eltwise(1.0F, algorithm, alpha, 0);
}

#endif

}  // namespace jury
