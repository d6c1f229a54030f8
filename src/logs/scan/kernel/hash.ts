// XXH64 (its published specification), in blocks of 64 KiB that seed one another, so that a long text can be hashed in pieces.

const prime1: u64 = 0x9e3779b185ebca87;
const prime2: u64 = 0xc2b2ae3d27d4eb4f;
const prime3: u64 = 0x165667b19e3779f9;
const prime4: u64 = 0x85ebca77c2b2ae63;
const prime5: u64 = 0x27d4eb2f165667c5;

/** The hash of `length` bytes at `p`; `seed` is a block's predecessor. */
export function hashBytes(p: usize, length: usize, seed: u64): u64 {
  let hash = seed;
  do {
    const block = min<usize>(length, 0x10000);
    hash = hashBlock(p, block, hash);
    p += block;
    length -= block;
  } while (length > 0);
  return hash;
}

// @ts-ignore: decorator
@inline
function mixLane(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * prime2, 31) * prime1;
}

// @ts-ignore: decorator
@inline
function mergeLane(hash: u64, lane: u64): u64 {
  return (hash ^ mixLane(0, lane)) * prime1 + prime4;
}

function hashBlock(p: usize, length: usize, seed: u64): u64 {
  const end = p + length;
  let hash = seed + prime5;
  if (length >= 32) {
    let a = seed + prime1 + prime2;
    let b = seed + prime2;
    let c = seed;
    let d = seed - prime1;
    for (; p + 32 <= end; p += 32) {
      a = mixLane(a, load<u64>(p));
      b = mixLane(b, load<u64>(p, 8));
      c = mixLane(c, load<u64>(p, 16));
      d = mixLane(d, load<u64>(p, 24));
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = mergeLane(mergeLane(mergeLane(mergeLane(hash, a), b), c), d);
  }
  hash += length;
  for (; p + 8 <= end; p += 8) hash = rotl<u64>(hash ^ mixLane(0, load<u64>(p)), 27) * prime1 + prime4;
  if (p + 4 <= end) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(p) * prime1), 23) * prime2 + prime3;
    p += 4;
  }
  for (; p < end; p++) hash = rotl<u64>(hash ^ (<u64>load<u8>(p) * prime5), 11) * prime1;
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}
