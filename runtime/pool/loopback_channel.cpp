#include "runtime/pool/loopback_channel.hpp"

#include "runtime/base/error.hpp"

namespace jury {

std::pair<LoopbackChannel, LoopbackChannel> LoopbackChannel::make_pair() {
  const auto there = std::make_shared<Queue>();
  const auto back = std::make_shared<Queue>();
  return {LoopbackChannel(back, there), LoopbackChannel(there, back)};
}

void LoopbackChannel::send(int peer, Bytes bytes) {
  JURY_EXPECTS(peer == 0 && bytes.size() <= kFrameBytes);
  static_cast<void>(peer);
  {
    const std::lock_guard lock(out_->mutex);
    out_->frames.push_back(std::move(bytes));
  }
  out_->arrived.notify_one();
}

std::optional<Frame> LoopbackChannel::receive() {
  const std::lock_guard lock(in_->mutex);
  if (in_->frames.empty()) return {};
  Frame frame{0, std::move(in_->frames.front())};
  in_->frames.pop_front();
  return frame;
}

std::size_t LoopbackChannel::num_waiting() const {
  const std::lock_guard lock(out_->mutex);
  return out_->frames.size();
}

void LoopbackChannel::wait() {
  std::unique_lock lock(in_->mutex);
  in_->arrived.wait(lock, [this] { return !in_->frames.empty(); });
}

}  // namespace jury
