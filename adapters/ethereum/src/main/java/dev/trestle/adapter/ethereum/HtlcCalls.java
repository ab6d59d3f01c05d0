package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.web3j.abi.datatypes.StaticStruct;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint256;

/**
 * Terms of a lock in the form that {@code TrestleHtlc} takes.
 *
 * @param token address zero for the chain's coin
 */
record HtlcCalls(
    Hash32 hash,
    EvmAddress token,
    BigInteger amount,
    EvmAddress claimer,
    EvmAddress refunder,
    long expiry) {
  static final EvmAddress NO_TOKEN = new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE]));

  static final Hash32 LOCKED =
      topic("Locked(bytes32,bytes32,address,address,address,uint256,uint64)");

  /** Of {@code lockCoin} and {@code lockCoinFor}. */
  static final Hash32 LOCKED_COIN = topic("LockedCoin(bytes32,bytes32,uint256,uint256)");

  static final Hash32 CLAIMED = topic("Claimed(bytes32,bytes32,bytes32)");
  static final Hash32 REFUNDED = topic("Refunded(bytes32,bytes32)");

  /** Bits of an amount that stands beside an address in one word. */
  static final int PACKED_BITS = 96;

  private static final String COIN_NAMESPACE = "slip44";
  private static final String TOKEN_NAMESPACE = "erc20";

  /** Year 2500; later ones are a mistake of units. */
  private static final long MAX_EXPIRY = 16_725_225_600L;

  private static final int PADDING = 12;

  /** Checks what needs no node: the same rules as the contract's, and units. */
  static Verdict<HtlcCalls> of(HtlcTerms terms, ChainId chain, AssetId coin, EvmAddress contract) {
    Optional<EvmAddress> token = token(terms.asset(), chain, coin);
    if (token.isEmpty()) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "asset " + terms.asset());
    }
    if (terms.amount().isZero()) {
      return Verdict.reject(AdapterError.INVALID_AMOUNT, "a lock of nothing");
    }
    if (terms.hash().isZero()) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "a hash of zero");
    }
    if (terms.expirySeconds() < 1 || terms.expirySeconds() > MAX_EXPIRY) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "expiry " + terms.expirySeconds());
    }
    for (Bytes party : List.of(terms.claimer(), terms.refunder())) {
      boolean payable =
          party.size() == EvmAddress.SIZE
              && !party.equals(NO_TOKEN.bytes())
              && !party.equals(contract.bytes())
              && !party.equals(token.get().bytes());
      if (!payable) {
        return Verdict.reject(AdapterError.INVALID_ADDRESS, "party " + party);
      }
    }
    return Verdict.accept(
        new HtlcCalls(
            terms.hash(),
            token.get(),
            terms.amount().value(),
            new EvmAddress(terms.claimer()),
            new EvmAddress(terms.refunder()),
            terms.expirySeconds()));
  }

  /**
   * The lock of terms that were accepted.
   *
   * @throws AdapterException with the reason of a rejection
   */
  static HtlcCalls accepted(Verdict<HtlcCalls> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<HtlcCalls>(HtlcCalls lock) -> lock;
      case Verdict.Rejected<HtlcCalls>(ReasonCode reason, String detail) ->
          throw new AdapterException(
              reason instanceof AdapterError error ? error : AdapterError.NOT_SUPPORTED, detail);
      case Verdict.Ignored<HtlcCalls> ignored -> throw new IllegalStateException("not a verdict");
      case Verdict.Later<HtlcCalls> later -> throw new IllegalStateException("not a verdict");
    };
  }

  /** The token's address, zero for the coin; empty for an asset that is not of this chain. */
  private static Optional<EvmAddress> token(AssetId asset, ChainId chain, AssetId coin) {
    if (!asset.chain().equals(chain)) {
      return Optional.empty();
    }
    if (asset.namespace().equals(COIN_NAMESPACE)) {
      return asset.equals(coin) ? Optional.of(NO_TOKEN) : Optional.empty();
    }
    if (!asset.namespace().equals(TOKEN_NAMESPACE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Addresses.parse(asset.reference()));
    } catch (AdapterException e) {
      return Optional.empty();
    }
  }

  boolean isCoin() {
    return token.equals(NO_TOKEN);
  }

  /** Wei to send along with the lock. */
  BigInteger value() {
    return isCoin() ? amount : BigInteger.ZERO;
  }

  Hash32 lockId() {
    return Digests.keccak256(
        new CanonicalWriter()
            .hash(hash)
            .fixed(padded(token))
            .u256(amount)
            .fixed(padded(claimer))
            .fixed(padded(refunder))
            .u256(BigInteger.valueOf(expiry))
            .toBytes());
  }

  Bytes lock() {
    return call("lock", hash);
  }

  /**
   * The call that makes this lock for the least gas, when {@code payer} sends it.
   *
   * @return one of {@code lockCoin}, {@code lockCoinFor} and {@code lock}; the lock is the same
   */
  Bytes cheapestLock(EvmAddress payer) {
    if (!isCoin() || amount.bitLength() > PACKED_BITS) {
      return lock();
    }
    Type<?> claimerExpiry = packed(claimer, BigInteger.valueOf(expiry));
    return payer.equals(refunder)
        ? Abi.call("lockCoin", Abi.word(hash), claimerExpiry)
        : Abi.call("lockCoinFor", Abi.word(hash), claimerExpiry, Abi.address(refunder));
  }

  Bytes claim(Hash32 preimage) {
    return call("claim", preimage);
  }

  Bytes refund() {
    return call("refund", hash);
  }

  /** Whether this is the event of exactly these terms, made by any of the calls that lock. */
  boolean isLockedEvent(List<Hash32> topics, Bytes data) {
    Bytes full =
        new CanonicalWriter()
            .fixed(padded(refunder))
            .fixed(padded(token))
            .u256(amount)
            .u256(BigInteger.valueOf(expiry))
            .toBytes();
    if (topics.equals(List.of(LOCKED, lockId(), hash, new Hash32(padded(claimer))))) {
      return data.equals(full);
    }
    return isCoin()
        && amount.bitLength() <= PACKED_BITS
        && topics.equals(List.of(LOCKED_COIN, lockId(), hash))
        && data.equals(
            new CanonicalWriter()
                .u256(packed(claimer, amount).getValue())
                .u256(packed(refunder, BigInteger.valueOf(expiry)).getValue())
                .toBytes());
  }

  /** {@code claimer << 96 | amount}, as a batch has it. */
  BigInteger claimWord() {
    return packed(claimer, amount).getValue();
  }

  /** The six terms as the contract's struct. */
  StaticStruct struct() {
    return new StaticStruct(
        Abi.word(hash),
        Abi.address(token),
        new Uint256(amount),
        Abi.address(claimer),
        Abi.address(refunder),
        Abi.uint64(expiry));
  }

  private static Uint256 packed(EvmAddress high, BigInteger low) {
    return new Uint256(new BigInteger(1, high.bytes().toArray()).shiftLeft(PACKED_BITS).or(low));
  }

  private Bytes call(String function, Hash32 first) {
    return Abi.call(
        function,
        new Type<?>[] {
          Abi.word(first),
          Abi.address(token),
          new Uint256(amount),
          Abi.address(claimer),
          Abi.address(refunder),
          Abi.uint64(expiry)
        });
  }

  static Bytes padded(EvmAddress address) {
    return Bytes.concat(Bytes.wrap(new byte[PADDING]), address.bytes());
  }

  static Hash32 topic(String signature) {
    return Digests.keccak256(Bytes.utf8(signature));
  }
}
