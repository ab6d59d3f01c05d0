package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Claim;
import java.util.ArrayList;
import java.util.List;

/** The single-bit neighbours of an input, by number. */
final class Mutants {
  private Mutants() {}

  /** How many there are. */
  static int count(Input input) {
    return parts(input).stream().mapToInt(part -> 8 * part.size()).sum();
  }

  /** The input with bit {@code bit} of its parts, taken one after another, flipped. */
  static Input flip(Input input, int bit) {
    List<Bytes> parts = new ArrayList<>(parts(input));
    int left = bit;
    for (int i = 0; i < parts.size(); i++) {
      int bits = 8 * parts.get(i).size();
      if (left < bits) {
        parts.set(i, flip(parts.get(i), left));
        return of(input, parts);
      }
      left -= bits;
    }
    throw new IndexOutOfBoundsException("bit " + bit);
  }

  /** Every part in turn replaced by what {@code change} makes of it. */
  static List<Input> each(Input input, java.util.function.UnaryOperator<Bytes> change) {
    List<Input> changed = new ArrayList<>();
    List<Bytes> parts = parts(input);
    for (int i = 0; i < parts.size(); i++) {
      List<Bytes> next = new ArrayList<>(parts);
      next.set(i, change.apply(parts.get(i)));
      if (!next.equals(parts)) {
        changed.add(of(input, next));
      }
    }
    return changed;
  }

  private static Bytes flip(Bytes source, int bit) {
    byte[] out = source.toArray();
    out[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.wrap(out);
  }

  private static List<Bytes> parts(Input input) {
    return switch (input) {
      case Input.Anchor(Bytes anchor) -> List.of(anchor);
      case Input.Update(Bytes message, long now) -> List.of(message);
      case Input.Evidence(Bytes evidence) -> List.of(evidence);
      case Input.Membership(Claim claim) -> List.of(claim.path(), claim.value(), claim.proof());
      case Input.Absence(Bytes path, Bytes proof) -> List.of(path, proof);
    };
  }

  private static Input of(Input like, List<Bytes> parts) {
    return switch (like) {
      case Input.Anchor anchor -> new Input.Anchor(parts.getFirst());
      case Input.Update(Bytes message, long now) -> new Input.Update(parts.getFirst(), now);
      case Input.Evidence evidence -> new Input.Evidence(parts.getFirst());
      case Input.Membership membership ->
          new Input.Membership(new Claim(parts.get(0), parts.get(1), parts.get(2)));
      case Input.Absence absence -> new Input.Absence(parts.get(0), parts.get(1));
    };
  }
}
