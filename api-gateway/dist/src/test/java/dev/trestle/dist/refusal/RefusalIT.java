package dev.trestle.dist.refusal;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole network on real nodes is lied to, in every way that we know of, through its public
 * interfaces. Each lie is refused with its stable code and changes nothing; the truth beside it is
 * accepted. The classes share one network.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RefusalIT {
  @TempDir static Path dir;

  private static Scene scene;

  @BeforeAll
  static void start() {
    scene = Scene.start(dir);
  }

  @AfterAll
  static void end() {
    scene.close();
  }

  static Scene scene() {
    return scene;
  }

  /** Headers and proofs. */
  @Nested
  @Order(1)
  class Forgeries extends ForgeryRefusals {}

  /** Signatures of members and validators, preimages. */
  @Nested
  @Order(1)
  class Signatures extends SignatureRefusals {}

  /** What a request says: terms, addresses, amounts, names, form. */
  @Nested
  @Order(2)
  class Requests extends RequestRefusals {}

  /** The command line. */
  @Nested
  @Order(3)
  class Commands extends CommandRefusals {}

  /** Nodes that are dead or that are somebody else. */
  @Nested
  @Order(4)
  class Nodes extends NodeRefusals {}
}
