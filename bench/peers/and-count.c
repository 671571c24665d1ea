/* and-count A B: counts the bits that two files of equal length have in common, by Harley-Seal with AVX2, and prints the
   count and the milliseconds that counting takes (median of many runs). */
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline __m256i popcount(__m256i v) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2,
                                         3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  __m256i lows = _mm256_shuffle_epi8(table, _mm256_and_si256(v, low));
  __m256i highs = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), low));
  return _mm256_sad_epu8(_mm256_add_epi8(lows, highs), _mm256_setzero_si256());
}

#define ADD(high, low, a, b)                                                    \
  do {                                                                          \
    __m256i x = (a), y = (b), u = _mm256_xor_si256(low, x);                     \
    high = _mm256_or_si256(_mm256_and_si256(low, x), _mm256_and_si256(u, y));   \
    low = _mm256_xor_si256(u, y);                                               \
  } while (0)
#define BOTH(i) _mm256_and_si256(_mm256_loadu_si256(a + (i)), _mm256_loadu_si256(b + (i)))

static uint64_t and_count(const __m256i *a, const __m256i *b, size_t vectors) {
  __m256i total = _mm256_setzero_si256(), ones = total, twos = total, fours = total, eights = total;
  __m256i twos_a, twos_b, fours_a, fours_b, eights_a, eights_b, sixteens;
  size_t i = 0;
  for (; i + 16 <= vectors; i += 16) {
    ADD(twos_a, ones, BOTH(i), BOTH(i + 1));
    ADD(twos_b, ones, BOTH(i + 2), BOTH(i + 3));
    ADD(fours_a, twos, twos_a, twos_b);
    ADD(twos_a, ones, BOTH(i + 4), BOTH(i + 5));
    ADD(twos_b, ones, BOTH(i + 6), BOTH(i + 7));
    ADD(fours_b, twos, twos_a, twos_b);
    ADD(eights_a, fours, fours_a, fours_b);
    ADD(twos_a, ones, BOTH(i + 8), BOTH(i + 9));
    ADD(twos_b, ones, BOTH(i + 10), BOTH(i + 11));
    ADD(fours_a, twos, twos_a, twos_b);
    ADD(twos_a, ones, BOTH(i + 12), BOTH(i + 13));
    ADD(twos_b, ones, BOTH(i + 14), BOTH(i + 15));
    ADD(fours_b, twos, twos_a, twos_b);
    ADD(eights_b, fours, fours_a, fours_b);
    ADD(sixteens, eights, eights_a, eights_b);
    total = _mm256_add_epi64(total, popcount(sixteens));
  }
  total = _mm256_slli_epi64(total, 4);
  total = _mm256_add_epi64(total, _mm256_slli_epi64(popcount(eights), 3));
  total = _mm256_add_epi64(total, _mm256_slli_epi64(popcount(fours), 2));
  total = _mm256_add_epi64(total, _mm256_slli_epi64(popcount(twos), 1));
  total = _mm256_add_epi64(total, popcount(ones));
  for (; i < vectors; i++) total = _mm256_add_epi64(total, popcount(BOTH(i)));
  uint64_t lanes[4];
  _mm256_storeu_si256((__m256i *)lanes, total);
  return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

static void *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(1);
  fseek(file, 0, SEEK_END);
  *bytes = ftell(file);
  rewind(file);
  void *data = aligned_alloc(64, (*bytes + 63) / 64 * 64);
  if (fread(data, 1, *bytes, file) != *bytes) exit(1);
  fclose(file);
  return data;
}

static int ascending(const void *x, const void *y) {
  return (*(const double *)x > *(const double *)y) - (*(const double *)x < *(const double *)y);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  enum { RUNS = 2000 };
  static double milliseconds[RUNS];
  size_t bytes, other_bytes;
  __m256i *a = read_file(argv[1], &bytes), *b = read_file(argv[2], &other_bytes);
  if (bytes != other_bytes || bytes % 32 != 0) return 2;
  volatile uint64_t count = 0;
  for (int run = 0; run < RUNS; run++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    count = and_count(a, b, bytes / 32);
    clock_gettime(CLOCK_MONOTONIC, &end);
    milliseconds[run] = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
  }
  qsort(milliseconds, RUNS, sizeof(double), ascending);
  printf("%llu %.6f\n", (unsigned long long)count, milliseconds[RUNS / 2]);
  return 0;
}
