package dev.trestle.lightclient.vectors;

import dev.trestle.base.DecodeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the format of a file and runs its cases. Nothing that a file holds makes it throw. */
public final class VectorVerifier {
  /** Case name of a file that cannot be read. */
  public static final String WHOLE_FILE = "-";

  private final List<VectorFormat> formats;

  /**
   * @throws IllegalArgumentException if two formats have the same family name
   */
  public VectorVerifier(List<VectorFormat> formats) {
    this.formats = formats.stream().sorted(Comparator.comparing(VectorFormat::family)).toList();
    Set<String> names = new HashSet<>();
    for (VectorFormat format : formats) {
      if (!names.add(format.family())) {
        throw new IllegalArgumentException("two formats of family " + format.family());
      }
    }
  }

  /** Families in order of their names. */
  public List<String> families() {
    return formats.stream().map(VectorFormat::family).toList();
  }

  public FileReport verify(VectorFile file) {
    return verify(file, result -> {});
  }

  /**
   * @param progress told each result as soon as it is there
   */
  public FileReport verify(VectorFile file, Consumer<CaseResult> progress) {
    List<VectorFormat> byFolder =
        formats.stream()
            .filter(format -> nearest(format, file) >= 0)
            .sorted(Comparator.comparingInt(format -> -nearest(format, file)))
            .toList();
    List<VectorFormat> candidates = new ArrayList<>(byFolder);
    formats.stream().filter(format -> !byFolder.contains(format)).forEach(candidates::add);
    for (VectorFormat format : candidates) {
      VectorReading reading;
      try {
        reading = format.read(file);
      } catch (DecodeException e) {
        return unreadable(file, format.family(), String.valueOf(e.getMessage()), progress);
      } catch (RuntimeException | StackOverflowError e) {
        return unreadable(file, format.family(), e.toString(), progress);
      }
      switch (reading) {
        case VectorReading.Foreign foreign -> {}
        case VectorReading.PartOf(String owner) -> {
          return new FileReport.PartOf(owner);
        }
        case VectorReading.Cases(List<VectorCase> cases) -> {
          return cases.isEmpty()
              ? unreadable(file, format.family(), "the file has no cases", progress)
              : run(file, format.family(), cases, progress);
        }
      }
    }
    return byFolder.isEmpty()
        ? new FileReport.Unknown()
        : unreadable(file, byFolder.getFirst().family(), "no format takes this file", progress);
  }

  /** Depth of the innermost folder that belongs to the format; -1 if there is none. */
  private static int nearest(VectorFormat format, VectorFile file) {
    return format.folders().stream().mapToInt(file.folders()::lastIndexOf).max().orElse(-1);
  }

  private static FileReport run(
      VectorFile file, String family, List<VectorCase> cases, Consumer<CaseResult> progress) {
    List<CaseResult> results = new ArrayList<>(cases.size());
    for (VectorCase each : cases) {
      CaseResult result =
          new CaseResult(file.path(), family, each.name(), each.expected(), outcome(each));
      progress.accept(result);
      results.add(result);
    }
    return new FileReport.Judged(results);
  }

  private static Outcome outcome(VectorCase each) {
    try {
      return each.check().get();
    } catch (RuntimeException | StackOverflowError e) {
      return Outcome.fault(e);
    }
  }

  private static FileReport unreadable(
      VectorFile file, String family, String why, Consumer<CaseResult> progress) {
    CaseResult result = CaseResult.unreadable(file.path(), family, why);
    progress.accept(result);
    return new FileReport.Judged(List.of(result));
  }
}
