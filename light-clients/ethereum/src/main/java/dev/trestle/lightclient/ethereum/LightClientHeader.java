package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconFork.HeaderForm;
import dev.trestle.proofs.ssz.SszBranch;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszWriter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * {@code LightClientHeader}: a beacon block header and, from Capella on, what ties an execution
 * block to it. One type a {@link HeaderForm}. A container of a later fork may carry a header of an
 * earlier slot ({@code upgrade_lc_header_to_...} of the fork documents); {@link #isValid} judges by
 * the slot, not by the container. A branch of a wrong length is not valid.
 */
public sealed interface LightClientHeader {
  /** Generalized index of {@code execution_payload} in the block body. */
  long PAYLOAD_INDEX = 25;

  /** Generalized index of the payload's {@code block_hash} in the block body of Capella. */
  long BLOCK_HASH_INDEX_CAPELLA = 412;

  /** The same from Deneb on. */
  long BLOCK_HASH_INDEX_DENEB = 812;

  /** {@code signed_execution_payload_bid.message.parent_block_hash} in the body of Gloas. */
  long BLOCK_HASH_INDEX_GLOAS = 2_856;

  BeaconBlockHeader beacon();

  /** Whether every field is zero or empty: no header. */
  boolean isEmpty();

  /**
   * {@code is_valid_light_client_header}: whether the execution part belongs to the beacon part.
   */
  boolean isValid(BeaconNetwork network);

  /** {@code get_lc_execution_root}; zero before Capella. */
  Hash32 executionRoot(BeaconNetwork network);

  /** The execution block that a valid header proves, if its slot has one. */
  Optional<ExecutionAnchor> execution(BeaconNetwork network);

  HeaderForm form();

  Bytes encode();

  /** Largest serialised size in bytes. */
  static int maxSize(HeaderForm form) {
    return switch (form) {
      case BEACON -> BeaconBlockHeader.SIZE;
      case PAYLOAD, PAYLOAD_WITH_BLOBS ->
          BeaconBlockHeader.SIZE + 4 + 32 * PayloadHeader.DEPTH + ExecutionPayloadHeader.MAX_SIZE;
      case BLOCK_HASH -> BeaconBlockHeader.SIZE + 32 + 32 * BlockHashHeader.DEPTH;
    };
  }

  /** Whether the serialisation has no fixed size, so that containers point to it with an offset. */
  static boolean isVariable(HeaderForm form) {
    return form == HeaderForm.PAYLOAD || form == HeaderForm.PAYLOAD_WITH_BLOBS;
  }

  /** The header of zeros that stands for none. */
  static LightClientHeader empty(HeaderForm form) {
    return switch (form) {
      case BEACON -> new BeaconOnlyHeader(BeaconBlockHeader.EMPTY);
      case PAYLOAD, PAYLOAD_WITH_BLOBS ->
          new PayloadHeader(
              BeaconBlockHeader.EMPTY,
              ExecutionPayloadHeader.EMPTY,
              zeros(PayloadHeader.DEPTH),
              form == HeaderForm.PAYLOAD_WITH_BLOBS);
      case BLOCK_HASH ->
          new BlockHashHeader(BeaconBlockHeader.EMPTY, Hash32.ZERO, zeros(BlockHashHeader.DEPTH));
    };
  }

  /**
   * @throws dev.trestle.base.DecodeException unless {@code encoded} is exactly one header
   */
  static LightClientHeader decode(Bytes encoded, HeaderForm form) {
    return SszReader.decode(encoded, in -> read(in, form));
  }

  private static LightClientHeader read(SszReader in, HeaderForm form) {
    BeaconBlockHeader beacon = BeaconBlockHeader.read(in);
    return switch (form) {
      case BEACON -> new BeaconOnlyHeader(beacon);
      case PAYLOAD, PAYLOAD_WITH_BLOBS -> {
        boolean blobs = form == HeaderForm.PAYLOAD_WITH_BLOBS;
        in.offset();
        List<Hash32> branch = in.hashes(PayloadHeader.DEPTH);
        Bytes payload = in.part(ExecutionPayloadHeader.MAX_SIZE);
        yield new PayloadHeader(
            beacon, ExecutionPayloadHeader.decode(payload, blobs), branch, blobs);
      }
      case BLOCK_HASH -> new BlockHashHeader(beacon, in.hash(), in.hashes(BlockHashHeader.DEPTH));
    };
  }

  static List<Hash32> zeros(int count) {
    return Collections.nCopies(count, Hash32.ZERO);
  }

  static boolean allZero(List<Hash32> branch) {
    return branch.stream().allMatch(Hash32::isZero);
  }

  /**
   * What a header proves of an execution block.
   *
   * @param blockHash its keccak256
   * @param payload the rest of it; from Gloas on it must be given as the block header's RLP
   */
  record ExecutionAnchor(Hash32 blockHash, Optional<ExecutionPayloadHeader> payload) {}

  /** Altair and Bellatrix: nothing but the beacon block header. */
  record BeaconOnlyHeader(BeaconBlockHeader beacon) implements LightClientHeader {
    @Override
    public boolean isEmpty() {
      return beacon.equals(BeaconBlockHeader.EMPTY);
    }

    @Override
    public boolean isValid(BeaconNetwork network) {
      return !network.forkAt(beacon.slot()).isAtLeast(BeaconFork.CAPELLA);
    }

    @Override
    public Hash32 executionRoot(BeaconNetwork network) {
      return Hash32.ZERO;
    }

    @Override
    public Optional<ExecutionAnchor> execution(BeaconNetwork network) {
      return Optional.empty();
    }

    @Override
    public HeaderForm form() {
      return HeaderForm.BEACON;
    }

    @Override
    public Bytes encode() {
      SszWriter out = new SszWriter();
      beacon.write(out);
      return out.toBytes();
    }
  }

  /**
   * Capella to Fulu (capella, deneb and electra/light-client/sync-protocol.md).
   *
   * @param branch of the payload in the block body, 4 nodes
   * @param blobs whether the container is of Deneb or later
   */
  record PayloadHeader(
      BeaconBlockHeader beacon,
      ExecutionPayloadHeader execution,
      List<Hash32> branch,
      boolean blobs)
      implements LightClientHeader {
    static final int DEPTH = 4;

    public PayloadHeader {
      branch = List.copyOf(branch);
      if (!blobs && execution.hasBlobs()) {
        throw new IllegalArgumentException("blob fields in a container of Capella");
      }
    }

    @Override
    public boolean isEmpty() {
      return beacon.equals(BeaconBlockHeader.EMPTY) && isEmptyExecution();
    }

    private boolean isEmptyExecution() {
      return execution.equals(ExecutionPayloadHeader.EMPTY) && allZero(branch);
    }

    @Override
    public boolean isValid(BeaconNetwork network) {
      BeaconFork fork = network.forkAt(beacon.slot());
      if (!fork.isAtLeast(BeaconFork.DENEB) && execution.hasBlobs()) {
        return false;
      }
      if (!fork.isAtLeast(BeaconFork.CAPELLA)) {
        return isEmptyExecution();
      }
      return !fork.isAtLeast(BeaconFork.GLOAS)
          && branch.size() == DEPTH
          && SszBranch.isValid(executionRoot(network), branch, PAYLOAD_INDEX, beacon.bodyRoot());
    }

    @Override
    public Hash32 executionRoot(BeaconNetwork network) {
      BeaconFork fork = network.forkAt(beacon.slot());
      return fork.isAtLeast(BeaconFork.CAPELLA)
          ? execution.root(fork.isAtLeast(BeaconFork.DENEB))
          : Hash32.ZERO;
    }

    @Override
    public Optional<ExecutionAnchor> execution(BeaconNetwork network) {
      return network.forkAt(beacon.slot()).isAtLeast(BeaconFork.CAPELLA)
          ? Optional.of(new ExecutionAnchor(execution.blockHash(), Optional.of(execution)))
          : Optional.empty();
    }

    @Override
    public HeaderForm form() {
      return blobs ? HeaderForm.PAYLOAD_WITH_BLOBS : HeaderForm.PAYLOAD;
    }

    @Override
    public Bytes encode() {
      SszWriter out = new SszWriter();
      beacon.write(out);
      return out.part(execution.encode(blobs)).hashes(branch).toBytes();
    }
  }

  /**
   * Gloas (gloas/light-client/sync-protocol.md, unstable): the hash of the block's parent execution
   * block, because the payload of a block comes after it.
   *
   * @param branch of the hash in the block body, 11 nodes, zero nodes first for earlier slots
   */
  record BlockHashHeader(BeaconBlockHeader beacon, Hash32 executionBlockHash, List<Hash32> branch)
      implements LightClientHeader {
    static final int DEPTH = 11;

    public BlockHashHeader {
      branch = List.copyOf(branch);
    }

    @Override
    public boolean isEmpty() {
      return beacon.equals(BeaconBlockHeader.EMPTY)
          && executionBlockHash.isZero()
          && allZero(branch);
    }

    @Override
    public boolean isValid(BeaconNetwork network) {
      BeaconFork fork = network.forkAt(beacon.slot());
      if (branch.size() != DEPTH) {
        return false;
      }
      if (!fork.isAtLeast(BeaconFork.CAPELLA)) {
        return executionBlockHash.isZero() && allZero(branch);
      }
      long index =
          fork.isAtLeast(BeaconFork.GLOAS)
              ? BLOCK_HASH_INDEX_GLOAS
              : fork.isAtLeast(BeaconFork.DENEB)
                  ? BLOCK_HASH_INDEX_DENEB
                  : BLOCK_HASH_INDEX_CAPELLA;
      return SszBranch.isValid(executionBlockHash, branch, index, beacon.bodyRoot());
    }

    /** From Gloas on the block hash itself; before, the payload root on the way up the branch. */
    @Override
    public Hash32 executionRoot(BeaconNetwork network) {
      BeaconFork fork = network.forkAt(beacon.slot());
      if (fork.isAtLeast(BeaconFork.GLOAS)) {
        return executionBlockHash;
      }
      if (!fork.isAtLeast(BeaconFork.CAPELLA)) {
        return Hash32.ZERO;
      }
      if (beacon.slot() == 0) {
        return ExecutionPayloadHeader.EMPTY.root(fork.isAtLeast(BeaconFork.DENEB));
      }
      long index = fork.isAtLeast(BeaconFork.DENEB) ? DENEB_FIELD : CAPELLA_FIELD;
      int to = DEPTH - SszBranch.depth(PAYLOAD_INDEX);
      return SszBranch.root(
          executionBlockHash, branch.subList(to - SszBranch.depth(index), to), index);
    }

    /** {@code block_hash} within the payload header: field 12 of 15, and of 17. */
    private static final long CAPELLA_FIELD = 16 + 12;

    private static final long DENEB_FIELD = 32 + 12;

    @Override
    public Optional<ExecutionAnchor> execution(BeaconNetwork network) {
      return network.forkAt(beacon.slot()).isAtLeast(BeaconFork.CAPELLA)
          ? Optional.of(new ExecutionAnchor(executionBlockHash, Optional.empty()))
          : Optional.empty();
    }

    @Override
    public HeaderForm form() {
      return HeaderForm.BLOCK_HASH;
    }

    @Override
    public Bytes encode() {
      SszWriter out = new SszWriter();
      beacon.write(out);
      return out.hash(executionBlockHash).hashes(branch).toBytes();
    }
  }
}
