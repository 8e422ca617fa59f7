// Checks for programmer errors: they throw std::logic_error with the expression, both values and the place.
#pragma once

#include <fmt/format.h>

#include <stdexcept>

#define SANERF_CHECK(condition)                                                                                       \
  do {                                                                                                                \
    if (!(condition)) throw std::logic_error(fmt::format("{}:{}: check failed: {}", __FILE__, __LINE__, #condition)); \
  } while (false)

#define SANERF_CHECK_OP_(a, op, b)                                                                                    \
  do {                                                                                                                \
    const auto sanerf_a = (a);                                                                                        \
    const auto sanerf_b = (b);                                                                                        \
    if (!(sanerf_a op sanerf_b))                                                                                      \
      throw std::logic_error(fmt::format("{}:{}: check failed: {} {} {} ({} vs {})", __FILE__, __LINE__, #a, #op, #b, \
                                         sanerf_a, sanerf_b));                                                        \
  } while (false)

#define SANERF_CHECK_EQ(a, b) SANERF_CHECK_OP_(a, ==, b)
#define SANERF_CHECK_NE(a, b) SANERF_CHECK_OP_(a, !=, b)
#define SANERF_CHECK_LT(a, b) SANERF_CHECK_OP_(a, <, b)
#define SANERF_CHECK_LE(a, b) SANERF_CHECK_OP_(a, <=, b)
#define SANERF_CHECK_GT(a, b) SANERF_CHECK_OP_(a, >, b)
#define SANERF_CHECK_GE(a, b) SANERF_CHECK_OP_(a, >=, b)
