#include "sanerf/baselines/isrf/principal_components.h"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "sanerf/core/check.h"

namespace sanerf::baselines {

MomentSums MomentSums::Of(const RowMatrix& rows) {
  const Eigen::MatrixXd x = rows.cast<double>();
  MomentSums sums;
  sums.count = double(rows.rows());
  sums.sum = x.colwise().sum().transpose();
  sums.products = x.transpose() * x;
  return sums;
}

void MomentSums::Add(const MomentSums& other) {
  if (count == 0) {
    *this = other;
    return;
  }
  count += other.count;
  sum += other.sum;
  products += other.products;
}

PrincipalComponents PrincipalComponents::Of(const MomentSums& sums, int count) {
  SANERF_CHECK(sums.count > 0);
  const Eigen::VectorXd mean = sums.sum / sums.count;
  const Eigen::MatrixXd covariance = sums.products / sums.count - mean * mean.transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);  // rising eigenvalues
  const Eigen::Index kept = std::min<Eigen::Index>(count, mean.size());

  PrincipalComponents components;
  components.mean = mean.cast<float>().transpose();
  Eigen::MatrixXd axes = solver.eigenvectors().rightCols(kept).rowwise().reverse();
  for (Eigen::Index k = 0; k < kept; ++k) {
    Eigen::Index largest = 0;
    axes.col(k).cwiseAbs().maxCoeff(&largest);
    if (axes(largest, k) < 0) axes.col(k) *= -1;
  }
  components.axes = axes.cast<float>();
  components.variances = solver.eigenvalues().tail(kept).reverse();
  return components;
}

}  // namespace sanerf::baselines
