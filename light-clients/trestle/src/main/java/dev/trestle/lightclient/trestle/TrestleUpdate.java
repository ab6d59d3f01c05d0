package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.EvmAddress;
import java.util.List;
import java.util.Optional;

/**
 * Blocks in ascending order, with gaps where the validators stay the same. The last block of an era
 * must be there and brings the next set with it.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | list of bytes step}; a step is {@code bytes header |
 * bytes certificate | optional list of 20-byte addresses}.
 */
public record TrestleUpdate(List<Step> steps) {
  /** Blocks of one update. */
  public static final int MAX_STEPS = 64;

  private static final int VERSION = 1;
  private static final int MAX_STEP =
      CertifiedHeader.MAX_SIZE + 1 + 4 + EvmAddress.SIZE * Eras.MAX_VALIDATORS;

  public TrestleUpdate {
    steps = List.copyOf(steps);
    if (steps.isEmpty() || steps.size() > MAX_STEPS) {
      throw new IllegalArgumentException("an update has 1 to " + MAX_STEPS + " blocks");
    }
  }

  /**
   * @param next validators that the block hands over to, ascending; empty when it ends no era
   */
  public record Step(CertifiedHeader block, Optional<List<EvmAddress>> next) {
    public Step {
      next = next.map(List::copyOf);
    }

    public Bytes encode() {
      CanonicalWriter out = new CanonicalWriter();
      block.write(out);
      out.optional(next, (w, set) -> w.list(set, (writer, each) -> writer.fixed(each.bytes())));
      return out.toBytes();
    }

    private static Step read(CanonicalReader in) {
      return new Step(
          CertifiedHeader.read(in),
          in.optional(
              each ->
                  each.list(
                      Eras.MAX_VALIDATORS, item -> new EvmAddress(item.fixed(EvmAddress.SIZE)))));
    }

    /** Units of verifying it; a hand-over is checked together with its block, hence twice. */
    long units() {
      return next.isPresent() ? 2 * block.units() + next.get().size() : block.units();
    }
  }

  public Bytes encode() {
    return join(steps.stream().map(Step::encode).toList());
  }

  static Bytes join(List<Bytes> steps) {
    return new CanonicalWriter().u8(VERSION).list(steps, CanonicalWriter::bytes).toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of an update
   */
  public static TrestleUpdate decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          int version = in.u8();
          if (version != VERSION) {
            throw new DecodeException("update version " + version);
          }
          List<Step> steps =
              in.list(MAX_STEPS, each -> CanonicalReader.decode(each.bytes(MAX_STEP), Step::read));
          if (steps.isEmpty()) {
            throw new DecodeException("an update without a block");
          }
          return new TrestleUpdate(steps);
        });
  }
}
