// Called by ../validate-hapi.sh with the libraries of pom.xml on the class path. See ../README.md.
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/** Validates files of resources against base R4 as HL7 published it, without any terminology server. */
final class ValidateHapi {
    private static final Pattern RESOURCE_TYPE = Pattern.compile("\"resourceType\"\\s*:\\s*\"(\\w+)\"");
    /** Ids, positions and codes differ from resource to resource; without them equal warnings count as one. */
    private static final Pattern VARYING = Pattern.compile("[0-9a-f]{8}-[0-9a-f-]{27}|(?<=\\[)\\d+|(?<=#)[\\w.-]+");

    private final FhirValidator validator;
    private final Map<String, Integer> types = new TreeMap<>();
    private final Map<String, Integer> warnings = new TreeMap<>();
    private int resources = 0;
    private int errors = 0;
    private int leftOut = 0;

    private ValidateHapi() {
        FhirContext context = FhirContext.forR4();
        UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
        unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
        FhirInstanceValidator instances = new FhirInstanceValidator(new ValidationSupportChain(
                new DefaultProfileValidationSupport(context), new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context), unknown));
        instances.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        // Extensions of UK Core are allowed; this checks base R4, where they are not defined.
        instances.setAnyExtensionsAllowed(true);
        instances.setErrorForUnknownProfiles(false);
        validator = context.newValidator().registerValidatorModule(instances);
    }

    private void report(String where, SingleValidationMessage message) {
        String text = message.getLocationString() + ": " + message.getMessage();
        if (message.getSeverity() == ResultSeverityEnum.ERROR || message.getSeverity() == ResultSeverityEnum.FATAL) {
            errors++;
            System.out.println(where + ": error: " + text);
        } else if (message.getSeverity() == ResultSeverityEnum.WARNING) {
            warnings.merge(VARYING.matcher(text).replaceAll("…"), 1, Integer::sum);
        }
    }

    /** `line` is that of the file for NDJSON; 0 when the validator's own lines are the file's. */
    private void validate(String text, Path file, int line) {
        Matcher type = RESOURCE_TYPE.matcher(text);
        if (!type.find()) {
            if (line == 0) {
                leftOut++;  // such as the reconciliation beside the output
            } else {
                errors++;
                System.out.println(file + ":" + line + ": error: no FHIR resource: resourceType is missing");
            }
            return;
        }
        resources++;
        types.merge(type.group(1), 1, Integer::sum);
        List<SingleValidationMessage> messages = validator.validateWithResult(text).getMessages();
        for (SingleValidationMessage message : messages) {
            Integer own = message.getLocationLine();
            report(file + ":" + (line > 0 ? line : own == null ? 1 : own), message);
        }
    }

    private void validateFile(Path file) throws IOException {
        if (!file.toString().endsWith(".ndjson")) {
            validate(Files.readString(file), file, 0);
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    validate(line, file, number);
                }
            }
        }
    }

    private int summary() {
        warnings.forEach((text, times) -> System.out.println("warning, " + times + " times: " + text));
        if (leftOut > 0) {
            System.out.println(leftOut + " JSON files that are no FHIR were left out");
        }
        System.out.println(types.entrySet().stream().map(each -> each.getValue() + " " + each.getKey()).collect(Collectors.joining(", ")));
        int warned = warnings.values().stream().mapToInt(Integer::intValue).sum();
        System.out.println(resources + " resources, " + errors + " errors, " + warned + " warnings");
        if (resources == 0) {
            System.err.println("validate-hapi: no resources found");
            return 2;
        }
        return errors > 0 ? 1 : 0;
    }

    public static void main(String[] arguments) throws IOException {
        ValidateHapi run = new ValidateHapi();
        for (String argument : arguments) {
            Path path = Path.of(argument);
            if (!Files.exists(path)) {
                System.err.println("validate-hapi: " + argument + " does not exist");
                System.exit(2);
            }
            try (Stream<Path> found = Files.walk(path)) {
                for (Path file : found.filter(each -> each.toString().matches(".*\\.(nd)?json")).sorted().toList()) {
                    run.validateFile(file);
                }
            }
        }
        System.exit(run.summary());
    }
}
