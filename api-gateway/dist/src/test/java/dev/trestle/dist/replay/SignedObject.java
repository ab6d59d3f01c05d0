package dev.trestle.dist.replay;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.dist.replay.Context.Dimension;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A row of the matrix.
 *
 * @param digest what is signed in a context; empty for objects of several signatures
 * @param accepts whether what was signed in the first context is good in the second one, as the
 *     code that receives it checks it
 * @param free dimensions that it is not bound to, and why it need not be
 */
record SignedObject(
    String name,
    Optional<Function<Context, Hash32>> digest,
    BiPredicate<Context, Context> accepts,
    Map<Dimension, String> free) {

  /** One signature, checked by recovering the key; the key may sign in both contexts. */
  static SignedObject of(String name, Function<Context, Hash32> digest) {
    return new SignedObject(
        name,
        Optional.of(digest),
        (signed, presented) -> {
          EcdsaSignature signature =
              Secp256k1.instance().signEcdsa(digest.apply(signed), signed.key());
          return Secp256k1.instance()
              .recover(signature, digest.apply(presented))
              .filter(signed.key().publicKey()::equals)
              .isPresent();
        },
        Map.of());
  }

  /** As the receiver's own code checks it. */
  static SignedObject of(String name, BiPredicate<Context, Context> accepts) {
    return new SignedObject(name, Optional.empty(), accepts, Map.of());
  }

  SignedObject checkedBy(BiPredicate<Context, Context> receiver) {
    return new SignedObject(name, digest, receiver, free);
  }

  SignedObject free(Dimension dimension, String why) {
    Map<Dimension, String> more = new EnumMap<>(Dimension.class);
    more.putAll(free);
    more.put(dimension, why);
    return new SignedObject(name, digest, accepts, Map.copyOf(more));
  }

  /** Dimensions in which it is good elsewhere. */
  Set<Dimension> replayable() {
    Set<Dimension> found = EnumSet.noneOf(Dimension.class);
    for (Dimension each : Dimension.values()) {
      if (accepts.test(Context.HERE, Context.HERE.other(each))) {
        found.add(each);
      }
    }
    return found;
  }
}
