// Principal component analysis of rows that come in batches.
#pragma once

#include <Eigen/Core>

namespace sanerf::baselines {

using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Sums over rows, in double precision; added in a fixed order they do not depend on threads.
struct MomentSums {
  double count = 0;
  Eigen::VectorXd sum;
  Eigen::MatrixXd products;  // sum of x x^T

  static MomentSums Of(const RowMatrix& rows);
  void Add(const MomentSums& other);
};

struct PrincipalComponents {
  Eigen::RowVectorXf mean;
  Eigen::MatrixXf axes;       // one per column, by falling variance; the largest entry of each is positive
  Eigen::VectorXd variances;  // along the axes

  // At most `count` components.
  static PrincipalComponents Of(const MomentSums& sums, int count);
  RowMatrix Project(const RowMatrix& rows) const { return (rows.rowwise() - mean) * axes; }
};

}  // namespace sanerf::baselines
