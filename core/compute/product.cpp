#include "product.h"

#include <pthread.h>

#include <algorithm>
#include <thread>

#include "../base/locks.h"
#include "../base/threads.h"
#include "../tensor/walk.h"

namespace retrograd::detail {

namespace {

// The layout of one matrix on the last two axes of a tensor.
struct MatrixLayout {
  std::int64_t rows, columns, down, along;
  explicit MatrixLayout(const Tensor& x) {
    const int rank = x.rank();
    const Strides strides = x.strides();
    rows = x.shape()[rank - 2], columns = x.shape()[rank - 1];
    down = strides[static_cast<std::size_t>(rank - 2)], along = strides[static_cast<std::size_t>(rank - 1)];
  }
  bool has_whole_rows() const { return (along == 1 || columns == 1) && (down >= columns || rows == 1); }
  bool has_whole_columns() const { return (down == 1 || rows == 1) && (along >= rows || columns == 1); }
};

// True if BLAS can read the matrices in place: contiguous rows, or contiguous columns.
inline bool is_blas_layout(const Tensor& x) {
  if (x.is_contiguous()) return true;
  const MatrixLayout at(x);
  return at.has_whole_rows() || at.has_whole_columns();
}

inline Tensor readable_as_it_lies(const Tensor& x) { return is_blas_layout(x) ? x : packed(x); }

// Of a tensor in such a layout.
template <class T>
inline MatrixIn<T> first_matrix(const Tensor& x) {
  const T* first = reinterpret_cast<const T*>(x.body().data);
  if (x.is_contiguous()) return {first, std::max<std::int64_t>(x.shape()[x.rank() - 1], 1), false};
  const MatrixLayout at(x);
  if (at.has_whole_rows())
    return {first, std::max<std::int64_t>({at.rows == 1 ? at.columns : at.down, at.columns, 1}), false};
  return {first, std::max<std::int64_t>({at.columns == 1 ? at.rows : at.along, at.rows, 1}), true};
}

// All deferred products of the process that are not computed yet; few, and large.
constinit DeferredProduct* first_waiting = nullptr;  // guarded by locks().products

// The axes before the matrices, as a tensor of the first element of each.
Tensor in_front(const Tensor& x) {
  return make_view(x, Shape(std::span(x.shape().begin(), static_cast<std::size_t>(x.rank() - 2))), x.strides());
}

}  // namespace

Tensor blas_readable(const Tensor& x) { return readable_as_it_lies(x); }
template <class T>
MatrixIn<T> matrix_of(const Tensor& x) {
  return first_matrix<T>(x);
}
template MatrixIn<float> matrix_of<float>(const Tensor& x);
template MatrixIn<double> matrix_of<double>(const Tensor& x);

void batched_matmul_into(const Tensor& a, const Tensor& b, Tensor& c) {
  if (c.size() == 0) return;
  const Tensor left = readable_as_it_lies(a), right = readable_as_it_lies(b), left_front = in_front(left),
               right_front = in_front(right);
  const Shape batch = in_front(c).shape();
  const Walk<2> walk(batch, {&left_front, &right_front});
  const auto offset = [&walk](std::int64_t i) {
    BatchOffset at{0, 0};
    for (int axis = walk.rank - 1; axis >= 0; --axis) {
      const std::int64_t index = i % walk.shape[axis];
      i /= walk.shape[axis];
      at.a += index * walk.strides[0][static_cast<std::size_t>(axis)];
      at.b += index * walk.strides[1][static_cast<std::size_t>(axis)];
    }
    return at;
  };
  const std::int64_t m = c.shape()[c.rank() - 2], n = c.shape()[c.rank() - 1], k = a.shape()[a.rank() - 1];
  dispatch<float, double>(c.dtype(), [&]<class T>() {
    gemm_batch(batch.size(), m, n, k, first_matrix<T>(left), first_matrix<T>(right), values<T>(c), offset);
  });
}

void matmul_into(const Tensor& a, const Tensor& b, double beta, Tensor& c, const TileEpilogue* after) {
  const Tensor left = readable_as_it_lies(a), right = readable_as_it_lies(b);
  const std::int64_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  dispatch<float, double>(c.dtype(), [&]<class T>() {
    gemm(m, n, k, first_matrix<T>(left), first_matrix<T>(right), static_cast<T>(beta), values<T>(c),
         std::max<std::int64_t>(n, 1), after);
  });
}

std::shared_ptr<DeferredProduct> DeferredProduct::make(const Tensor& a, const Tensor& b) {
  const std::int64_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  constexpr std::int64_t kSmall = 4096;
  if (m * n < kSmall || k * (m + n) > 3 * m * n || k > kLongestSum || !fits_blas(m, n, k)) return nullptr;
  if (a.body().base->memory.exposed.load(std::memory_order_relaxed) ||
      b.body().base->memory.exposed.load(std::memory_order_relaxed) || !is_blas_layout(a) || !is_blas_layout(b))
    return nullptr;
  auto product = std::allocate_shared<DeferredProduct>(PoolAllocator<DeferredProduct>(), a, b);
  product->enter_list();  // only now, since another thread may take a reference to a listed product
  return product;
}

void DeferredProduct::enter_list() {
  // A forked child has none of the threads that held these mutexes: it reinitializes them.
  static constinit std::atomic<bool> is_covered{false};
  if (!is_covered.exchange(true) && pthread_atfork(nullptr, nullptr, [] {
                                      for (DeferredProduct* one = first_waiting; one; one = one->after_)
                                        new (&one->mutex_) std::mutex;
                                    }) != 0)
    is_covered = false;
  const std::lock_guard lock(locks().products);
  for (const Tensor* x : {&a_, &b_}) x->body().base->tape.waiting.fetch_add(1, std::memory_order_relaxed);
  after_ = std::exchange(first_waiting, this);
  if (after_) after_->before_ = this;
}

DeferredProduct::~DeferredProduct() {
  if (is_computed()) return;
  const std::lock_guard lock(locks().products);
  leave_list();
}

void DeferredProduct::leave_list() {  // with the lock held
  (before_ ? before_->after_ : first_waiting) = after_;
  if (after_) after_->before_ = before_;
  for (const Tensor* x : {&a_, &b_}) x->body().base->tape.waiting.fetch_sub(1, std::memory_order_release);
}

const Tensor& DeferredProduct::value() {
  if (is_computed()) return value_;
  const auto lock = hold();
  if (is_computed()) return value_;
  const std::int64_t n = b_.shape()[1];
  Tensor product = Tensor::empty({a_.shape()[0], n}, a_.dtype());
  const TileGrid grid = tiles();  // as for tile-by-tile use, so results are bitwise equal
  parallel_for(grid.count(), kSharedSteps, [&](std::int64_t begin, std::int64_t end) {
    dispatch<float, double>(a_.dtype(), [&]<class T>() {
      for (std::int64_t t = begin; t < end; ++t) {
        const TileRange at = grid[t];
        gemm_tile(at, a_.shape()[1], first_matrix<T>(a_), first_matrix<T>(b_), T{0},
                  values<T>(product) + at.row_begin * n + at.column_begin, n);
      }
    });
  });
  Tensor a, b;  // released when no lock is held
  const std::lock_guard list_lock(locks().products);
  leave_list();
  std::swap(a, a_);
  std::swap(b, b_);
  value_ = std::move(product);
  is_computed_.store(true, std::memory_order_release);
  return value_;
}

TileGrid DeferredProduct::tiles() const { return tiles_in_cache(a_.shape()[0], b_.shape()[1], a_.shape()[1]); }

void DeferredProduct::tile(const TileRange& at, std::byte* out) const {
  const std::int64_t columns = at.column_end - at.column_begin;
  dispatch<float, double>(a_.dtype(), [&]<class T>() {
    gemm_tile(at, a_.shape()[1], first_matrix<T>(a_), first_matrix<T>(b_), T{0}, reinterpret_cast<T*>(out), columns);
  });
}

void compute_readers(const Body& base) {
  while (base.tape.waiting.load(std::memory_order_acquire) > 0) {
    std::shared_ptr<DeferredProduct> reader;
    {
      const std::lock_guard lock(locks().products);
      for (DeferredProduct* one = first_waiting; one && !reader; one = one->after_)
        if (one->reads(base)) reader = one->weak_from_this().lock();  // null if it is being destroyed
    }
    if (reader)
      reader->value();
    else
      std::this_thread::yield();
  }
}

}  // namespace retrograd::detail
