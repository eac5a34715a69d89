import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetResult;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesReaderState;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollector;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;

/**
 * Lucene as a peer; does in Java what worker.py does for the others and writes the same JSON.
 *
 * <p>{@code index STOP_WORDS ARTICLES.tsv FOLDER OUT.json} and {@code search STOP_WORDS QUERIES.tsv
 * FOLDER OUT.json ROUNDS SECONDS}. Lists within a column of the TSV are parted by {@code |}.
 */
public final class LuceneDriver {
  private static final String[] FACETS = {
    "persons", "places", "organisations", "section", "source"
  };
  private static final int TOP = 10;
  private static final int WARM_UP_ROUNDS = 20;

  private final Analyzer analyzer;

  private LuceneDriver(Path stopWords) throws IOException {
    CharArraySet stops = new CharArraySet(200, true);
    for (String line : Files.readAllLines(stopWords)) {
      if (!line.startsWith("#")) stops.add(line.trim());
    }
    analyzer = new SwedishAnalyzer(stops);
  }

  public static void main(String[] args) throws IOException {
    LuceneDriver driver = new LuceneDriver(Paths.get(args[1]));
    Path input = Paths.get(args[2]);
    Path folder = Paths.get(args[3]);
    Map<String, Object> report =
        args[0].equals("index")
            ? driver.index(input, folder)
            : driver.search(input, folder, Integer.parseInt(args[5]), Double.parseDouble(args[6]));
    report.put("version", Version.LATEST.toString());
    try (Writer out = Files.newBufferedWriter(Paths.get(args[4]), StandardCharsets.UTF_8)) {
      writeJson(out, report);
    }
  }

  private Map<String, Object> index(Path articles, Path folder) throws IOException {
    long began = System.nanoTime();
    IndexWriterConfig settings = new IndexWriterConfig(analyzer);
    settings.setRAMBufferSizeMB(512);
    settings.setSimilarity(new BM25Similarity());
    settings.setMergeScheduler(new SerialMergeScheduler());
    settings.setUseCompoundFile(false);
    FacetsConfig facets = new FacetsConfig();
    for (String name : FACETS) {
      facets.setIndexFieldName(name, "$" + name);
      facets.setMultiValued(name, true);
    }
    int count = 0;
    long merging;
    try (IndexWriter writer = new IndexWriter(MMapDirectory.open(folder), settings);
        BufferedReader lines = Files.newBufferedReader(articles, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        writer.addDocument(facets.build(document(line.split("\t", -1))));
        count++;
      }
      merging = System.nanoTime();
      writer.forceMerge(1);
      writer.commit();
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("articles", count);
    report.put("seconds", (System.nanoTime() - began) / 1e9);
    report.put("merge_seconds", (System.nanoTime() - merging) / 1e9);
    return report;
  }

  private static Document document(String[] columns) {
    Document document = new Document();
    document.add(new StringField("id", columns[0], Field.Store.YES));
    document.add(new StoredField("title", columns[1]));
    String text = columns[1] + "\n" + columns[2] + "\n" + columns[3];
    document.add(new TextField("text", text, Field.Store.NO));
    int day = Integer.parseInt(columns[4]);
    document.add(new IntPoint("published", day));
    document.add(new NumericDocValuesField("published", day));
    for (int i = 0; i < FACETS.length; i++) {
      for (String value : columns[5 + i].split("\\|")) {
        document.add(new SortedSetDocValuesFacetField(FACETS[i], value));
        if (FACETS[i].equals("places")) {
          document.add(new StringField("place", value, Field.Store.NO));
        }
      }
    }
    return document;
  }

  private Map<String, Object> search(Path queries, Path folder, int rounds, double seconds)
      throws IOException {
    List<String[]> asked = new ArrayList<>();
    for (String line : Files.readAllLines(queries, StandardCharsets.UTF_8)) {
      asked.add(line.split("\t", -1));
    }
    Map<String, Object> report = new LinkedHashMap<>();
    long began = System.nanoTime();
    Index index = new Index(folder);
    report.put("open_ms", millisSince(began));
    began = System.nanoTime();
    index.answer(prepare(asked.get(0)), false);
    report.put("first_ms", millisSince(began));

    List<Query> prepared = new ArrayList<>();
    for (String[] query : asked) prepared.add(prepare(query));
    Map<String, Object> timings = new LinkedHashMap<>();
    for (String variant : new String[] {"top", "facets"}) {
      timings.put(variant, time(index, asked, prepared, variant.equals("facets"), rounds, seconds));
    }
    report.put("timings", timings);
    Map<String, Object> answers = new LinkedHashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      answers.put(asked.get(i)[0], index.answer(prepared.get(i), true).toMap());
    }
    report.put("answers", answers);
    report.put("rss_anon_mb", anonymousMegabytes());
    return report;
  }

  /** The median of the rounds for each query, after a warm-up for the compiler. */
  private static List<Object> time(
      Index index,
      List<String[]> asked,
      List<Query> prepared,
      boolean facets,
      int rounds,
      double seconds)
      throws IOException {
    long began = System.nanoTime();
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      for (Query query : prepared) index.answer(query, facets);
      if (millisSince(began) > seconds * 1000) break;
    }
    double[][] millis = new double[prepared.size()][rounds];
    long[] totals = new long[prepared.size()];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < prepared.size(); i++) {
        long start = System.nanoTime();
        totals[i] = index.answer(prepared.get(i), facets).total;
        millis[i][round] = millisSince(start);
      }
    }
    List<Object> timings = new ArrayList<>();
    for (int i = 0; i < prepared.size(); i++) {
      Arrays.sort(millis[i]);
      Map<String, Object> timing = new LinkedHashMap<>();
      timing.put("qid", asked.get(i)[0]);
      timing.put("ms", millis[i][rounds / 2]);
      timing.put("total", totals[i]);
      timings.add(timing);
    }
    return timings;
  }

  /** Makes a query of the columns qid, operator, terms, first, last, place. */
  private Query prepare(String[] columns) throws IOException {
    List<String> stems = stems(columns[2]);
    if (columns[1].equals("phrase")) {
      return new PhraseQuery("text", stems.toArray(new String[0]));
    }
    if (stems.size() == 1) return new TermQuery(new Term("text", stems.get(0)));
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    Occur occur = columns[1].equals("and") ? Occur.MUST : Occur.SHOULD;
    for (String stem : stems) query.add(new TermQuery(new Term("text", stem)), occur);
    if (!columns[3].isEmpty()) {
      int first = Integer.parseInt(columns[3]);
      int last = Integer.parseInt(columns[4]);
      Query points = IntPoint.newRangeQuery("published", first, last);
      Query values = NumericDocValuesField.newSlowRangeQuery("published", first, last);
      query.add(new IndexOrDocValuesQuery(points, values), Occur.FILTER);
      query.add(new TermQuery(new Term("place", columns[5])), Occur.FILTER);
    }
    return query.build();
  }

  private List<String> stems(String text) throws IOException {
    List<String> stems = new ArrayList<>();
    try (TokenStream stream = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) stems.add(term.toString());
      stream.end();
    }
    return stems;
  }

  /** An opened index of one segment. */
  private static final class Index {
    private final IndexSearcher searcher;
    private final Map<String, SortedSetDocValuesReaderState> states = new HashMap<>();

    Index(Path folder) throws IOException {
      DirectoryReader reader = DirectoryReader.open(MMapDirectory.open(folder));
      searcher = new IndexSearcher(reader);
      searcher.setSimilarity(new BM25Similarity());
      for (String name : FACETS) {
        states.put(name, new DefaultSortedSetDocValuesReaderState(reader, "$" + name));
      }
    }

    Answer answer(Query query, boolean facets) throws IOException {
      Answer answer = new Answer();
      FacetsCollector matches = new FacetsCollector();
      TopScoreDocCollector top;
      if (!facets && query instanceof TermQuery) {
        // The ten best with skipping; how often a term occurs stands in the dictionary.
        top = TopScoreDocCollector.create(TOP, TOP);
        searcher.search(query, top);
        answer.total = searcher.count(query);
      } else {
        top = TopScoreDocCollector.create(TOP, Integer.MAX_VALUE);
        searcher.search(query, facets ? MultiCollector.wrap(top, matches) : top);
        answer.total = top.getTotalHits();
      }
      for (ScoreDoc hit : top.topDocs().scoreDocs) {
        Document stored = searcher.doc(hit.doc);
        answer.ids.add(stored.get("id"));
        answer.titles.add(stored.get("title"));
      }
      if (facets) {
        for (String name : FACETS) {
          answer.facets.put(name, new SortedSetDocValuesFacetCounts(states.get(name), matches)
              .getTopChildren(TOP, name));
        }
      }
      return answer;
    }
  }

  private static final class Answer {
    private final List<Object> ids = new ArrayList<>(TOP);
    private final List<Object> titles = new ArrayList<>(TOP);
    private final Map<String, FacetResult> facets = new LinkedHashMap<>();
    private long total;

    Map<String, Object> toMap() {
      Map<String, Object> values = new LinkedHashMap<>();
      for (Map.Entry<String, FacetResult> facet : facets.entrySet()) {
        List<Object> pairs = new ArrayList<>();
        if (facet.getValue() != null) {
          for (LabelAndValue value : facet.getValue().labelValues) {
            pairs.add(Arrays.<Object>asList(value.label, value.value.longValue()));
          }
        }
        values.put(facet.getKey(), pairs);
      }
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("ids", ids);
      map.put("titles", titles);
      map.put("total", total);
      map.put("facets", values);
      return map;
    }
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }

  private static double anonymousMegabytes() throws IOException {
    for (String line : Files.readAllLines(Paths.get("/proc/self/status"))) {
      if (line.startsWith("RssAnon")) {
        return Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0;
      }
    }
    return 0;
  }

  private static void writeJson(Writer out, Object value) throws IOException {
    if (value instanceof Map) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        out.write(separator);
        writeJson(out, entry.getKey());
        out.write(":");
        writeJson(out, entry.getValue());
        separator = ",";
      }
      out.write(separator.equals("{") ? "{}" : "}");
    } else if (value instanceof List) {
      String separator = "[";
      for (Object element : (List<?>) value) {
        out.write(separator);
        writeJson(out, element);
        separator = ",";
      }
      out.write(separator.equals("[") ? "[]" : "]");
    } else if (value instanceof Double) {
      out.write(String.format(Locale.ROOT, "%.5f", (Double) value));
    } else if (value instanceof Number) {
      out.write(value.toString());
    } else {
      out.write('"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }
  }
}
