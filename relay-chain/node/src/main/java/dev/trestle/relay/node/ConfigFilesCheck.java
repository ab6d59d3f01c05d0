package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Looks at the files that a configuration names. Reads them and changes nothing. */
final class ConfigFilesCheck {
  private final Path directory;
  private final JsonNode root;
  private final List<ConfigProblem> problems = new ArrayList<>();

  ConfigFilesCheck(Path directory, JsonNode root) {
    this.directory = directory;
    this.root = root;
  }

  List<ConfigProblem> problems() {
    path("dataDir").ifPresent(this::dataDir);
    path("genesis").ifPresent(file -> reads("genesis", file, () -> NodeFiles.readGenesis(file)));
    if ("validator".equals(root.path("role").asString(""))) {
      path("validatorKey").ifPresent(this::validator);
    }
    return problems;
  }

  private void dataDir(Path folder) {
    if (Files.exists(folder) && !(Files.isDirectory(folder) && Files.isWritable(folder))) {
      add("dataDir", folder, "not a folder that can be written", "a path of a folder");
    }
  }

  private void validator(Path file) {
    boolean good = reads("validatorKey", file, () -> NodeFiles.readValidatorKey(file).close());
    Path guard = NodeFiles.signGuard(file);
    boolean asNew = root.path("newValidator").isBoolean() && root.path("newValidator").asBoolean();
    if (good && !asNew && !Files.exists(guard)) {
      add(
          "validatorKey",
          file,
          "its sign guard " + guard.getFileName() + " is missing",
          "a key beside its guard; newValidator only for a key that never signed");
    }
  }

  private boolean reads(String key, Path file, Runnable reader) {
    if (!Files.isRegularFile(file)) {
      add(key, file, "no such file", "a path of a file");
      return false;
    }
    try {
      reader.run();
      return true;
    } catch (TrestleException e) {
      add(key, file, String.valueOf(e.getMessage()), "a path of such a file");
      return false;
    }
  }

  /** Empty where the key is missing or wrong: that has been said already. */
  private Optional<Path> path(String key) {
    JsonNode value = root.path(key);
    return NodeConfigFile.PLACE.complaint(value).isPresent()
        ? Optional.empty()
        : Optional.of(directory.resolve(value.asString()));
  }

  private void add(String key, Path value, String problem, String allowed) {
    problems.add(ConfigProblem.of(key, value.toString(), problem, allowed));
  }
}
