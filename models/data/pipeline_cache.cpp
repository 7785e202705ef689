#include "models/data/pipeline_cache.hpp"

#include <algorithm>

#include "runtime/base/bytes.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::size_t bytes_of(const Pipeline& pipeline) {
  ByteWriter writer;
  pipeline.save(writer);
  return writer.bytes().size();
}

}  // namespace

std::shared_ptr<const Fitted<Pipeline>> PipelineCache::fit(const Dataset& dataset,
                                                           std::span<const PreprocessStep> steps,
                                                           std::span<const std::uint32_t> rows,
                                                           std::span<const std::uint32_t> features) {
  JURY_EXPECTS(dataset_ == nullptr || dataset_ == &dataset);
  dataset_ = &dataset;
  const auto known = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return std::ranges::equal(entry.rows, rows) && std::ranges::equal(entry.features, features) &&
           std::ranges::equal(entry.steps, steps);
  });
  if (known != entries_.end()) {
    ++hits_;
    entries_.splice(entries_.begin(), entries_, known);
    return entries_.front().pipeline;
  }
  Entry entry{.steps = {steps.begin(), steps.end()},
              .rows = {rows.begin(), rows.end()},
              .features = {features.begin(), features.end()},
              .pipeline = std::make_shared<const Fitted<Pipeline>>(fit_pipeline(dataset, steps, rows, features))};
  // The rows are held twice: asked for, and seen.
  entry.bytes = 2 * rows.size_bytes() + features.size_bytes() + bytes_of(**entry.pipeline);
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  while (bytes_ > max_bytes_ && entries_.size() > 1) {
    bytes_ -= entries_.back().bytes;
    entries_.pop_back();
  }
  return entries_.front().pipeline;
}

}  // namespace jury
