// What the tests of a coordinator begin with.
#pragma once

#include <gtest/gtest.h>

#include "fakes.hpp"

namespace jury {

/// A coordinator over fake workers in virtual time.
class CoordinatorTest : public testing::Test {
 protected:
  static FakeWorkers::Duration constant(double seconds) {
    return [seconds](int, const TaskKey&) { return seconds; };
  }
  PoolOptions options() {
    PoolOptions options;
    options.clock = &clock_;
    return options;
  }
  FakeClock clock_;
  FakeLog log_;
  FakeEvents events_;
};

}  // namespace jury
