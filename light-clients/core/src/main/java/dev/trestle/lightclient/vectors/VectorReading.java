package dev.trestle.lightclient.vectors;

import java.util.List;

/** What a {@link VectorFormat} made of a file. */
public sealed interface VectorReading {
  /** Not a file of this format. */
  record Foreign() implements VectorReading {}

  /**
   * A file that is used by the cases of another one in the same folder, which is run instead.
   *
   * @param owner its name
   */
  record PartOf(String owner) implements VectorReading {}

  /** The cases of the file, in its order; a file without any is reported as unreadable. */
  record Cases(List<VectorCase> cases) implements VectorReading {
    public Cases {
      cases = List.copyOf(cases);
    }
  }

  static VectorReading foreign() {
    return new Foreign();
  }

  static VectorReading cases(List<VectorCase> cases) {
    return new Cases(cases);
  }
}
