// What a call says when it fails.
#pragma once

#include <string>

namespace jury {

/// The text of the error of this type that the call throws; "not thrown" when it throws none.
template <class ErrorType, class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const ErrorType& error) {
    return error.what();
  }
  return "not thrown";
}

}  // namespace jury
