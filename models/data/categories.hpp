// The texts of categorical columns: in a settled order, and shared by training and test files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/data/raw_table.hpp"

namespace jury {

/// Puts codes into the order that categories have where the file declares none: by value where all their texts are
/// numbers, else by their bytes. Whether they are numbers.
bool sort_categories(std::vector<std::uint32_t>& codes, const std::vector<std::string>& texts);

/// Makes a column categorical whatever it was, numbers becoming their shortest text. The vocabulary
/// then holds the texts that occur, each once: in the file's own order where it has one, by value
/// where all are numbers (1 and 1.0 are one), else by their bytes.
void make_categorical(RawColumn& column);

/// What becomes of a text that the vocabulary lacks.
enum class Unknown { missing, added };

/// Appends the rows of a column of the test file to that of the training file, of the same kind,
/// both through make_categorical() when categorical. Returns the first row of `more` with an unknown
/// text, or `more`'s number of rows; with Unknown::added such texts join the vocabulary.
std::size_t append_rows(RawColumn& column, const RawColumn& more, Unknown unknown);

/// (rows): the place in `vocabulary` of each cell's text or, where it holds none such, of the first text
/// that is the same number (1.0 is 1); kMissingCode for the others and for missing cells. What a row
/// becomes does not depend on the other rows. The column is of either kind.
std::vector<std::uint32_t> codes_in(const RawColumn& column, std::span<const std::string> vocabulary);

}  // namespace jury
