package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.state.StateReader;
import java.util.List;

/** A piece of a snapshot: {@code u8 kind | fields}. */
sealed interface SnapshotChunk {
  /** Most bytes of a chunk: a largest block and its certificate fit. */
  int MAX_BYTES = ConsensusLimits.MAX_BLOCK_BYTES + (256 << 10);

  /** Lists stop growing here, so that a chunk takes little memory. */
  int SOFT_BYTES = 512 << 10;

  /** Most items of one list. */
  int MAX_ITEMS = 65_536;

  /** In the order in which chunks stand in a snapshot. */
  enum Kind {
    HEAD(1),
    CHANGES(2),
    LINKS(3),
    STATE(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new DecodeException("no kind of chunk: " + code);
    }
  }

  /**
   * The newest block: {@code bytes block | bytes certificate | u64 count | list of b32 peaks}.
   *
   * @param history tree over the ids of the blocks before the first {@link Link}, or before this
   *     block if there is none
   */
  record Head(Block block, CommitCertificate certificate, MerkleFrontier history)
      implements SnapshotChunk {}

  /**
   * A change of validators: {@code header | bytes certificate | list of 33-byte keys}.
   *
   * @param header of the last block of an era, certified by the set of that era
   * @param keys of the set that took over, ascending by address
   */
  record Change(RelayHeader header, CommitCertificate certificate, List<PublicKey> keys) {
    public Change {
      keys = List.copyOf(keys);
    }
  }

  /** Every change since the genesis, the oldest first. */
  record Changes(List<Change> changes) implements SnapshotChunk {
    public Changes {
      changes = List.copyOf(changes);
    }
  }

  /** Blocks before the head, from the start of the rotation's period on, ascending. */
  record Links(List<Link> links) implements SnapshotChunk {
    public Links {
      links = List.copyOf(links);
    }
  }

  /** Keys and values of the state, ascending by key: {@code list of (bytes, bytes)}. */
  record State(List<StateReader.Entry> entries) implements SnapshotChunk {
    public State {
      entries = List.copyOf(entries);
    }
  }

  default Kind kind() {
    return switch (this) {
      case Head head -> Kind.HEAD;
      case Changes changes -> Kind.CHANGES;
      case Links links -> Kind.LINKS;
      case State state -> Kind.STATE;
    };
  }

  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(kind().code());
    switch (this) {
      case Head head -> {
        out.bytes(head.block().encode()).bytes(head.certificate().encode());
        head.history().write(out);
      }
      case Changes changes ->
          out.list(
              changes.changes(),
              (to, each) ->
                  to.fixed(each.header().encode())
                      .bytes(each.certificate().encode())
                      .list(each.keys(), (in, key) -> in.fixed(key.compressed())));
      case Links links -> out.list(links.links(), (to, each) -> each.write(to));
      case State state ->
          out.list(state.entries(), (to, each) -> to.bytes(each.key()).bytes(each.value()));
    }
    return out.toBytes();
  }

  /** Rejects as invalid what is not canonical or over a limit. */
  static Verdict<SnapshotChunk> decode(Bytes bytes) {
    if (bytes.size() > MAX_BYTES) {
      return Verdict.reject(NodeReason.SNAPSHOT_INVALID, "a chunk of " + bytes.size());
    }
    try {
      return Verdict.accept(CanonicalReader.decode(bytes, SnapshotChunk::read));
    } catch (DecodeException e) {
      return Verdict.reject(NodeReason.SNAPSHOT_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static SnapshotChunk read(CanonicalReader in) {
    return switch (Kind.of(in.u8())) {
      case HEAD ->
          new Head(
              Link.whole(Block.decode(in.bytes(ConsensusLimits.MAX_BLOCK_BYTES))),
              Link.certificate(in),
              MerkleFrontier.read(in));
      case CHANGES ->
          new Changes(
              in.list(
                  MAX_ITEMS,
                  from ->
                      new Change(
                          Link.header(from),
                          Link.certificate(from),
                          from.list(
                              Genesis.MAX_MEMBERS,
                              key -> new PublicKey(key.fixed(PublicKey.SIZE))))));
      case LINKS -> new Links(in.list(MAX_ITEMS, Link::read));
      case STATE ->
          new State(
              in.list(
                  MAX_ITEMS,
                  from -> new StateReader.Entry(from.bytes(MAX_BYTES), from.bytes(MAX_BYTES))));
    };
  }
}
