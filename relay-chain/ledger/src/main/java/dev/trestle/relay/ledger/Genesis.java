package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.CustodyRules;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * What a relay chain starts from. Its canonical bytes are the chain's identity; a JSON form is only
 * a view that others read into this record. The constructors refuse every set below the Byzantine
 * floor: fewer than 4 members, or a threshold of two thirds or less.
 *
 * @param name for people, 1 to 64 bytes of UTF-8
 * @param timeMillis Unix milliseconds; blocks are later
 * @param validators in ascending order of address
 */
public record Genesis(
    String name,
    long timeMillis,
    List<Validator> validators,
    Governance governance,
    NotaryCommittee committee,
    Parameters parameters) {
  private static final int VERSION = 3;
  private static final int MAX_NAME = 64;

  /** Fewest members of any set: with 3 not even one may fail. */
  public static final int MIN_MEMBERS = 4;

  /** Most members of any set. */
  public static final int MAX_MEMBERS = 255;

  private static final DomainTag CUSTODY = DomainTag.of("ledger", "custody", 1);

  public Genesis {
    validators = validators(validators);
    if (name.isEmpty() || Bytes.utf8(name).size() > MAX_NAME || timeMillis < 0) {
      throw new IllegalArgumentException("a genesis has a name of 1 to 64 bytes and a time");
    }
  }

  /**
   * A set of validators that may certify blocks.
   *
   * @throws IllegalArgumentException unless there are 4 to 255 with distinct keys, ascending by
   *     address
   */
  public static List<Validator> validators(List<Validator> set) {
    requireSet(set, Validator::key);
    ascending(set, Validator::key);
    return List.copyOf(set);
  }

  /**
   * @param key compressed public key that signs votes
   * @param transportKeyHash SHA-256 of the public key of its TLS certificate
   */
  public record Validator(PublicKey key, Hash32 transportKeyHash) {
    /** {@code 33-byte key | b32 transportKeyHash}. */
    public void write(CanonicalWriter out) {
      out.fixed(key.compressed()).hash(transportKeyHash);
    }

    public static Validator read(CanonicalReader in) {
      return new Validator(Genesis.key(in), in.hash());
    }
  }

  /**
   * Keys that approve chains, routes and the end of pauses.
   *
   * @param threshold more than two thirds
   */
  public record Governance(List<PublicKey> keys, int threshold) {
    public Governance {
      keys = List.copyOf(keys);
      requireSet(keys, key -> key);
      requireThreshold(threshold, keys.size());
    }

    /** {@code u16 threshold | list of 33-byte keys}. */
    public void write(CanonicalWriter out) {
      out.u16(threshold).list(keys, (w, key) -> w.fixed(key.compressed()));
    }

    public static Governance read(CanonicalReader in) {
      int threshold = in.u16();
      return new Governance(in.list(MAX_MEMBERS, Genesis::key), threshold);
    }
  }

  /**
   * @param custodyKey x-only key that signs for custody coins
   * @param attestKey key that signs attestations
   */
  public record NotaryMember(Hash32 custodyKey, PublicKey attestKey) {}

  /**
   * The notary committee. A member's index is its place in the list.
   *
   * @param members in ascending order of the attestation key's address, so that the index is the
   *     one that attested clients use
   * @param threshold more than two thirds
   */
  public record NotaryCommittee(long epoch, List<NotaryMember> members, int threshold) {
    public NotaryCommittee {
      members = List.copyOf(members);
      requireSet(members, NotaryMember::attestKey);
      ascending(members, NotaryMember::attestKey);
      requireThreshold(threshold, members.size());
      if (epoch < 0 || distinct(members, NotaryMember::custodyKey) != members.size()) {
        throw new IllegalArgumentException("custody keys are distinct and epochs count from 0");
      }
    }

    /** The committee as custody rules see it. */
    public CustodyRules.Committee custody() {
      return new CustodyRules.Committee(
          epoch, members.stream().map(NotaryMember::custodyKey).toList(), threshold);
    }

    /** {@code sourceApp} of the lanes of this committee's custody: keccak256 of tag and members. */
    public Bytes custodyApp() {
      CanonicalWriter out = new CanonicalWriter().hash(CUSTODY.hash());
      write(out);
      return Digests.keccak256(out.toBytes()).bytes();
    }

    /** {@code u64 epoch | u16 threshold | list of (b32 custody key, 33-byte attestation key)}. */
    public void write(CanonicalWriter out) {
      out.u64(epoch).u16(threshold);
      out.list(members, (w, m) -> w.hash(m.custodyKey).fixed(m.attestKey.compressed()));
    }

    public static NotaryCommittee read(CanonicalReader in) {
      long epoch = in.u64();
      int threshold = in.u16();
      return new NotaryCommittee(
          epoch, in.list(MAX_MEMBERS, r -> new NotaryMember(r.hash(), key(r))), threshold);
    }
  }

  /**
   * Limits that all nodes apply alike.
   *
   * @param maxBlockBytes sum of the transactions of a block, at most {@link #MAX_BLOCK_BYTES}
   * @param maxTransactionBytes one transaction, at most {@link #MAX_TRANSACTION_BYTES}
   * @param probationHeaders blocks that a new chain's client must follow before it carries value
   * @param minRefundDelay blocks; least delay after which a depositor may take a deposit back
   * @param minTransfer smallest units; floor of every route's minimum
   * @param transactionBudget units of light-client work of one transaction
   * @param blockBudget units of light-client work of one block
   * @param epochBlocks validators change after blocks whose height is a multiple of it
   * @param governanceDelayMillis block time between the approval of a proposal and its execution
   * @param transfers how long transfers wait for their deposits, and how many at once
   */
  public record Parameters(
      int maxBlockBytes,
      int maxTransactionBytes,
      int probationHeaders,
      int minRefundDelay,
      long minTransfer,
      long transactionBudget,
      long blockBudget,
      int epochBlocks,
      long governanceDelayMillis,
      TransferLimits transfers) {
    /** Longest delay of governance: 90 days. */
    public static final long MAX_GOVERNANCE_DELAY_MILLIS = 90L * 24 * 3_600_000;

    /**
     * Largest sum of the transactions of a block: with header, certificate, evidence and the
     * lengths of the transactions it has to fit into the 4 MiB that a peer takes for one block.
     */
    public static final int MAX_BLOCK_BYTES = 4_000_000;

    /** Largest transaction: consensus takes no larger one into a block. */
    public static final int MAX_TRANSACTION_BYTES = 512 * 1024;

    private static final int DEFAULT_EPOCH_BLOCKS = 100;
    private static final long DEFAULT_GOVERNANCE_DELAY_MILLIS = 24L * 3_600_000;

    public static final Parameters DEFAULT =
        new Parameters(2_000_000, MAX_TRANSACTION_BYTES, 3, 144, 10_000, 4_000_000, 8_000_000);

    /** Epochs of 100 blocks, and a day between the approval of a proposal and its execution. */
    public Parameters(
        int maxBlockBytes,
        int maxTransactionBytes,
        int probationHeaders,
        int minRefundDelay,
        long minTransfer,
        long transactionBudget,
        long blockBudget) {
      this(
          maxBlockBytes,
          maxTransactionBytes,
          probationHeaders,
          minRefundDelay,
          minTransfer,
          transactionBudget,
          blockBudget,
          DEFAULT_EPOCH_BLOCKS,
          DEFAULT_GOVERNANCE_DELAY_MILLIS);
    }

    /** With {@link TransferLimits#DEFAULT}. */
    public Parameters(
        int maxBlockBytes,
        int maxTransactionBytes,
        int probationHeaders,
        int minRefundDelay,
        long minTransfer,
        long transactionBudget,
        long blockBudget,
        int epochBlocks,
        long governanceDelayMillis) {
      this(
          maxBlockBytes,
          maxTransactionBytes,
          probationHeaders,
          minRefundDelay,
          minTransfer,
          transactionBudget,
          blockBudget,
          epochBlocks,
          governanceDelayMillis,
          TransferLimits.DEFAULT);
    }

    public Parameters {
      if (maxTransactionBytes < 1
          || maxTransactionBytes > MAX_TRANSACTION_BYTES
          || maxBlockBytes < maxTransactionBytes
          || maxBlockBytes > MAX_BLOCK_BYTES
          || probationHeaders < 1
          || minRefundDelay < 8
          || minRefundDelay > 0xffff
          || minTransfer < 1
          || transactionBudget < 1
          || blockBudget < transactionBudget
          || epochBlocks < 1
          || governanceDelayMillis < 0
          || governanceDelayMillis > MAX_GOVERNANCE_DELAY_MILLIS) {
        throw new IllegalArgumentException("parameters out of range");
      }
    }

    /** The same with other limits of transfers. */
    public Parameters with(TransferLimits limits) {
      return new Parameters(
          maxBlockBytes,
          maxTransactionBytes,
          probationHeaders,
          minRefundDelay,
          minTransfer,
          transactionBudget,
          blockBudget,
          epochBlocks,
          governanceDelayMillis,
          limits);
    }

    /**
     * Least refund delay, blocks, of a deposit on a route that waits for {@code confirmations}:
     * four times as many, so that half of it is left for the sweep when the deposit is credited.
     */
    public long leastRefundDelay(long confirmations) {
      return Math.max(minRefundDelay, Math.multiplyExact(4, confirmations));
    }
  }

  /** keccak256 of the canonical bytes. */
  public Hash32 chainId() {
    return Digests.keccak256(encode());
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).text(name).u64(timeMillis);
    out.list(validators, (w, v) -> v.write(w));
    governance.write(out);
    committee.write(out);
    out.u32(parameters.maxBlockBytes).u32(parameters.maxTransactionBytes);
    out.u32(parameters.probationHeaders).u32(parameters.minRefundDelay);
    out.u64(parameters.minTransfer)
        .u64(parameters.transactionBudget)
        .u64(parameters.blockBudget)
        .u32(parameters.epochBlocks)
        .u64(parameters.governanceDelayMillis);
    parameters.transfers.write(out);
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a genesis
   */
  public static Genesis decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          if (in.u8() != VERSION) {
            throw new DecodeException("not a genesis of version " + VERSION);
          }
          String name = in.text(MAX_NAME);
          long time = in.u64();
          List<Validator> validators = in.list(MAX_MEMBERS, Validator::read);
          Governance governance = Governance.read(in);
          NotaryCommittee committee = NotaryCommittee.read(in);
          return new Genesis(name, time, validators, governance, committee, readParameters(in));
        });
  }

  private static Parameters readParameters(CanonicalReader in) {
    return new Parameters(
        Math.toIntExact(in.u32()),
        Math.toIntExact(in.u32()),
        Math.toIntExact(in.u32()),
        Math.toIntExact(in.u32()),
        in.u64(),
        in.u64(),
        in.u64(),
        Math.toIntExact(in.u32()),
        in.u64(),
        TransferLimits.read(in));
  }

  private static PublicKey key(CanonicalReader in) {
    return new PublicKey(in.fixed(PublicKey.SIZE));
  }

  /** Distinct by x: whoever holds a key also holds its negation, and must not count twice. */
  private static <T> void requireSet(List<T> members, Function<T, PublicKey> key) {
    if (members.size() < MIN_MEMBERS
        || members.size() > MAX_MEMBERS
        || distinct(members, member -> key.apply(member).xOnly()) != members.size()) {
      throw new IllegalArgumentException("a set has 4 to 255 members with distinct keys");
    }
  }

  private static void requireThreshold(int threshold, int size) {
    if (threshold > size || 3L * threshold <= 2L * size) {
      throw new IllegalArgumentException("a threshold is more than two thirds of the members");
    }
  }

  private static <T> void ascending(List<T> members, Function<T, PublicKey> key) {
    List<EvmAddress> addresses = members.stream().map(m -> key.apply(m).evmAddress()).toList();
    if (!addresses.equals(addresses.stream().sorted(Comparator.naturalOrder()).toList())) {
      throw new IllegalArgumentException("members stand in ascending order of their addresses");
    }
  }

  private static <T, K> long distinct(List<T> members, Function<T, K> key) {
    return members.stream().map(key).distinct().count();
  }
}
