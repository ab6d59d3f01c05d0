package dev.trestle.lightclient.contract.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.lightclient.contract.LightClientContract;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract passes for a right client and fails for each of twenty wrong ones. */
class ContractSelfTest {
  private static List<Method> tests() {
    return annotated(Test.class);
  }

  private static List<Method> annotated(Class<? extends Annotation> annotation) {
    List<Method> tests = new ArrayList<>();
    for (Class<?> type = LightClientContract.class;
        type != null && type != Object.class;
        type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(annotation)) {
          method.setAccessible(true);
          tests.add(method);
        }
      }
    }
    return tests;
  }

  /** What the test threw. */
  private static Optional<Throwable> run(Method test, Optional<Bug> bug) {
    ToyContract contract = new ToyContract(bug);
    try {
      for (Method before : annotated(BeforeEach.class)) {
        before.invoke(contract);
      }
      test.invoke(contract);
      return Optional.empty();
    } catch (InvocationTargetException failed) {
      return Optional.of(failed.getCause() == null ? failed : failed.getCause());
    } catch (RuntimeException failed) {
      return Optional.of(failed);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRightClientPasses() {
    assertThat(tests()).hasSizeGreaterThanOrEqualTo(15);
    for (Method test : tests()) {
      assertThat(run(test, Optional.empty())).as(test.getName()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  void aWrongClientIsCaught(Bug bug) {
    Method test =
        tests().stream()
            .filter(each -> each.getName().equals(bug.caughtBy))
            .findFirst()
            .orElseThrow();
    assertThat(run(test, Optional.of(bug))).as(bug.caughtBy).isPresent();
  }
}
