package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.fabric.protos.Block;
import java.util.Optional;

/**
 * What a client starts from: {@code u8 version = 1 | rules | u64 seconds | bytes configBlock |
 * optional (u64 number | hash 32)}. No signature is asked for: whoever registers the channel
 * vouches for the configuration block and the start.
 *
 * @param seconds Unix time at which the start was taken from the channel
 * @param config the configuration block in force, with data and without metadata
 * @param start a later block before the next configuration; the configuration block itself if empty
 */
public record FabricAnchor(FabricRules rules, long seconds, Block config, Optional<Start> start) {
  /** Number and hash of a block. */
  public record Start(long number, Hash32 hash) {}

  public FabricAnchor {
    if (!config.metadata().isEmpty()) {
      throw new DecodeException("metadata in an anchor");
    }
    if (start.isPresent() && start.get().number() <= config.header().number()) {
      throw new DecodeException("a start before its configuration");
    }
  }

  /**
   * @throws DecodeException if it is no anchor
   */
  public static FabricAnchor decode(Bytes encoded) {
    return Messages.decode(encoded, FabricAnchor::read);
  }

  static FabricAnchor read(CanonicalReader in) {
    return new FabricAnchor(
        FabricRules.read(in),
        in.u64(),
        Block.decodeCanonical(in.bytes(Block.MAX_SIZE)),
        in.optional(each -> new Start(each.u64(), each.hash())));
  }

  public Bytes encode() {
    CanonicalWriter out = Messages.begin();
    rules.write(out);
    out.u64(seconds).bytes(config.encode());
    return out.optional(start, (to, each) -> to.u64(each.number()).hash(each.hash())).toBytes();
  }

  /** The block from which the client goes on. */
  KnownBlock first() {
    return new KnownBlock(
        start.map(Start::number).orElse(config.header().number()),
        start.map(Start::hash).orElseGet(() -> config.header().hash()),
        seconds);
  }
}
