package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.web3j.abi.datatypes.StaticStruct;
import org.web3j.abi.datatypes.generated.Uint256;

/**
 * Locks of one payer, asset and expiry that share a storage word of {@code TrestleHtlc}. Its id,
 * and every path of its tree, are computed here from the terms: what a node says is not needed.
 *
 * @param locks 1 to 128, in the order of the tree
 */
record HtlcBatch(List<HtlcCalls> locks) {
  static final int MAX_LOCKS = 128;

  static final Hash32 LOCKED_IN_BATCH = HtlcCalls.topic("LockedInBatch(bytes32,bytes32)");

  HtlcBatch {
    locks = List.copyOf(locks);
  }

  /**
   * Rejects with NOT_SUPPORTED other numbers of locks and locks that differ in asset, refunder or
   * expiry, with INVALID_AMOUNT an amount above 2^96 - 1, and what {@link HtlcCalls#of} rejects.
   */
  static Verdict<HtlcBatch> of(
      List<HtlcTerms> terms, ChainId chain, AssetId coin, EvmAddress contract) {
    if (terms.isEmpty() || terms.size() > MAX_LOCKS) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "a batch of " + terms.size());
    }
    List<HtlcCalls> locks = new ArrayList<>();
    for (HtlcTerms each : terms) {
      switch (HtlcCalls.of(each, chain, coin, contract)) {
        case Verdict.Accepted<HtlcCalls>(HtlcCalls lock) -> locks.add(lock);
        case Verdict.Rejected<HtlcCalls>(var reason, var detail) -> {
          return Verdict.reject(reason, detail);
        }
        case Verdict.Ignored<HtlcCalls> ignored -> throw new IllegalStateException("not a verdict");
        case Verdict.Later<HtlcCalls> later -> throw new IllegalStateException("not a verdict");
      }
    }
    HtlcCalls first = locks.getFirst();
    for (HtlcCalls lock : locks) {
      boolean alike =
          lock.token().equals(first.token())
              && lock.refunder().equals(first.refunder())
              && lock.expiry() == first.expiry();
      if (!alike) {
        return Verdict.reject(
            AdapterError.NOT_SUPPORTED, "locks of a batch share asset, refunder and expiry");
      }
      if (lock.amount().bitLength() > HtlcCalls.PACKED_BITS) {
        return Verdict.reject(AdapterError.INVALID_AMOUNT, lock.amount() + " in a batch");
      }
    }
    return Verdict.accept(new HtlcBatch(locks));
  }

  private HtlcCalls shared() {
    return locks.getFirst();
  }

  boolean isCoin() {
    return shared().isCoin();
  }

  EvmAddress token() {
    return shared().token();
  }

  BigInteger total() {
    return locks.stream().map(HtlcCalls::amount).reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** Wei to send along. */
  BigInteger value() {
    return isCoin() ? total() : BigInteger.ZERO;
  }

  Hash32 batchId() {
    List<Hash32> nodes = lockIds();
    while (nodes.size() > 1) {
      nodes = above(nodes);
    }
    return pair(nodes.getFirst(), word(locks.size()));
  }

  /** Where lock {@code index} stands. */
  HtlcPlace.Leaf place(int index) {
    List<Hash32> siblings = new ArrayList<>();
    List<Hash32> nodes = lockIds();
    int at = index;
    while (nodes.size() > 1) {
      int other = at ^ 1;
      siblings.add(other < nodes.size() ? nodes.get(other) : Hash32.ZERO);
      nodes = above(nodes);
      at /= 2;
    }
    return new HtlcPlace.Leaf(batchId(), locks.size(), index, siblings);
  }

  Hash32 key(int index) {
    return pair(batchId(), word(index));
  }

  Bytes lock() {
    return Abi.call("lockBatch", header(), Abi.words(hashes()), Abi.integers(claimWords()));
  }

  Bytes refund() {
    return Abi.call("refundBatch", header(), Abi.words(hashes()), Abi.integers(claimWords()));
  }

  /**
   * Claims those locks whose preimages are given, by their index.
   *
   * @throws AdapterException with REJECTED_BY_CHAIN when there is none, or one is not the preimage
   *     of its lock
   */
  Bytes claim(SortedMap<Integer, Hash32> preimages) {
    BigInteger which = BigInteger.ZERO;
    List<Hash32> words = new ArrayList<>(hashes());
    for (var entry : preimages.entrySet()) {
      int index = entry.getKey();
      boolean opens =
          index >= 0
              && index < locks.size()
              && Digests.sha256(entry.getValue().bytes()).equals(locks.get(index).hash());
      if (!opens) {
        throw new AdapterException(
            AdapterError.REJECTED_BY_CHAIN, "not the preimage of lock " + index + "'s hash");
      }
      which = which.setBit(index);
      words.set(index, entry.getValue());
    }
    if (which.signum() == 0) {
      throw new AdapterException(AdapterError.REJECTED_BY_CHAIN, "no preimage");
    }
    return Abi.call(
        "claimFromBatch",
        header(),
        new Uint256(which),
        Abi.words(words),
        Abi.integers(claimWords()));
  }

  /** keccak256 of two words. */
  static Hash32 pair(Hash32 left, Hash32 right) {
    return Digests.keccak256(Bytes.concat(left.bytes(), right.bytes()));
  }

  static Hash32 word(long value) {
    return new Hash32(new CanonicalWriter().u256(BigInteger.valueOf(value)).toBytes());
  }

  private List<Hash32> lockIds() {
    return locks.stream().map(HtlcCalls::lockId).toList();
  }

  private List<Hash32> hashes() {
    return locks.stream().map(HtlcCalls::hash).toList();
  }

  private List<BigInteger> claimWords() {
    return locks.stream().map(HtlcCalls::claimWord).toList();
  }

  private StaticStruct header() {
    return new StaticStruct(
        Abi.address(shared().token()),
        Abi.address(shared().refunder()),
        Abi.uint64(shared().expiry()));
  }

  private static List<Hash32> above(List<Hash32> nodes) {
    List<Hash32> above = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i += 2) {
      above.add(pair(nodes.get(i), i + 1 < nodes.size() ? nodes.get(i + 1) : Hash32.ZERO));
    }
    return above;
  }
}
