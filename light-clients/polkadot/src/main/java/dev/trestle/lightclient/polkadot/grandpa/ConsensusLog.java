package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.polkadot.DigestItem;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import java.util.List;

/** What GRANDPA says in a header's digest (Polkadot specification 3.3.2). */
public sealed interface ConsensusLog {
  /**
   * The next authorities, in charge after block {@code number + delay} is finalised.
   *
   * @param delay in blocks
   */
  record ScheduledChange(List<AuthoritySet.Authority> next, long delay) implements ConsensusLog {}

  /** A change without finality, after a stall; {@code median} is the last finalised block. */
  record ForcedChange(long median, ScheduledChange change) implements ConsensusLog {}

  /** One authority stops voting until the next change. Its weight still counts. */
  record OnDisabled(long index) implements ConsensusLog {}

  /** The set stops voting {@code delay} blocks later. */
  record Pause(long delay) implements ConsensusLog {}

  /** The set votes again {@code delay} blocks later. */
  record Resume(long delay) implements ConsensusLog {}

  /** What a header says, in its order. */
  static List<ConsensusLog> of(Header header) {
    return header.digest().stream()
        .filter(item -> item.kind() == DigestItem.Kind.CONSENSUS)
        .filter(item -> item.engine().equals(DigestItem.GRANDPA))
        .map(item -> decode(item.data()))
        .toList();
  }

  /**
   * @throws DecodeException if these are not the bytes of one log
   */
  static ConsensusLog decode(Bytes data) {
    return ScaleReader.decode(data, ConsensusLog::read);
  }

  private static ConsensusLog read(ScaleReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> readChange(in);
      case 2 -> new ForcedChange(in.u32(), readChange(in));
      case 3 -> new OnDisabled(in.u64());
      case 4 -> new Pause(in.u32());
      case 5 -> new Resume(in.u32());
      default -> throw new DecodeException("a GRANDPA log of kind " + kind);
    };
  }

  private static ScheduledChange readChange(ScaleReader in) {
    List<AuthoritySet.Authority> next =
        in.list(
            AuthoritySet.MAX_AUTHORITIES,
            AuthoritySet.KEY_SIZE + Long.BYTES,
            each -> new AuthoritySet.Authority(each.fixed(AuthoritySet.KEY_SIZE), each.u64()));
    return new ScheduledChange(next, in.u32());
  }

  /** The digest item of a scheduled change. */
  static DigestItem item(ScheduledChange change) {
    return item(write(new ScaleWriter().u8(1), change));
  }

  /** The digest item of a forced change. */
  static DigestItem item(ForcedChange change) {
    return item(write(new ScaleWriter().u8(2).u32(change.median()), change.change()));
  }

  /** The digest item of a pause. */
  static DigestItem item(Pause pause) {
    return item(new ScaleWriter().u8(4).u32(pause.delay()));
  }

  private static ScaleWriter write(ScaleWriter out, ScheduledChange change) {
    return out.list(change.next(), (to, each) -> to.fixed(each.key()).u64(each.weight()))
        .u32(change.delay());
  }

  private static DigestItem item(ScaleWriter data) {
    return new DigestItem(DigestItem.Kind.CONSENSUS, DigestItem.GRANDPA, data.toBytes());
  }
}
