package dev.trestle.dist.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml with its anchors resolved. */
record ComposeFile(Map<String, Map<String, Object>> services) {
  static ComposeFile load() {
    String yaml;
    try {
      yaml = Files.readString(root().resolve("docker-compose.yml"));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read docker-compose.yml", e);
    }
    Map<String, Object> file = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
    Map<String, Map<String, Object>> services = new TreeMap<>();
    map(file.get("services")).forEach((name, service) -> services.put(name, map(service)));
    return new ComposeFile(services);
  }

  /** The folder with docker-compose.yml: the module may be built from anywhere. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docker-compose.yml"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("docker-compose.yml is in no folder above this one");
      }
    }
    return folder;
  }

  static Map<String, Object> map(Object value) {
    Map<String, Object> typed = new TreeMap<>();
    ((Map<?, ?>) value).forEach((key, each) -> typed.put(String.valueOf(key), each));
    return typed;
  }

  static List<String> strings(Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
