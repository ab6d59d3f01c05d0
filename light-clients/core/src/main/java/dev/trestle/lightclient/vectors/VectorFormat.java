package dev.trestle.lightclient.vectors;

import dev.trestle.base.DecodeException;
import java.util.List;

/**
 * The vector files of one family. Found by {@link java.util.ServiceLoader}: a family adds one line
 * to its {@code META-INF/services/dev.trestle.lightclient.vectors.VectorFormat}. Stateless, with a
 * public constructor without parameters.
 */
public interface VectorFormat {
  /** The family in reports, for example {@code bitcoin}. Unique, lower case. */
  String family();

  /**
   * Names of folders whose files belong to this family. A file below one of them is offered to this
   * format first, and counts as unreadable when no format takes it.
   */
  List<String> folders();

  /**
   * Reads a file without checking anything yet: what is expensive belongs into the cases. Files of
   * other formats are {@link VectorReading.Foreign}; recognise by content, since a file may be
   * given without its folder, and by the folder only where the content does not tell.
   *
   * @throws DecodeException if the file is of this family and cannot be read: reported as a
   *     mismatch
   */
  VectorReading read(VectorFile file);
}
